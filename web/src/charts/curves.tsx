// Curves between 0 and 1 on both axes, drawn as SVG: precision over recall, calibration.
import { useId } from "preact/hooks";
import { Figure } from "./figure";

export interface Curve {
  label: string;
  points: [number, number][];
  /** Name of a CSS variable. */
  colour: string;
}

interface CurvesProps {
  title: string;
  x: string;
  y: string;
  curves: Curve[];
  /** The diagonal that a perfect calibration lies on. */
  hasDiagonal?: boolean;
  hasDots?: boolean;
}

const kSide = 240;
const kLeft = 36;
const kBelow = 32;
const kTicks = [0, 0.25, 0.5, 0.75, 1];
const xOf = (value: number) => kLeft + value * kSide;
const yOf = (value: number) => 8 + (1 - value) * kSide;

export function Curves({ title, x, y, curves, hasDiagonal = false, hasDots = false }: CurvesProps) {
  const id = useId();
  const rows = curves.flatMap((curve) => sampled(curve.points).map((point) => [curve.label, point[0].toFixed(3), point[1].toFixed(3)]));
  return (
    <Figure title={title} table={() => ({ columns: ["Curve", x, y], rows })} class="curves">
      <svg class="chart" viewBox={`0 0 ${kLeft + kSide + 12} ${kSide + 8 + kBelow}`} role="img" aria-labelledby={id}>
        <title id={id}>
          {title}: {y} over {x}, {curves.length} curves
        </title>
        {kTicks.map((tick) => (
          <g key={tick}>
            <line class="grid" x1={xOf(0)} x2={xOf(1)} y1={yOf(tick)} y2={yOf(tick)} />
            <line class="grid" x1={xOf(tick)} x2={xOf(tick)} y1={yOf(0)} y2={yOf(1)} />
            <text x={kLeft - 6} y={yOf(tick) + 4} text-anchor="end">
              {tick}
            </text>
            <text x={xOf(tick)} y={yOf(0) + 14} text-anchor="middle">
              {tick}
            </text>
          </g>
        ))}
        <text x={xOf(0.5)} y={yOf(0) + 28} text-anchor="middle">
          {x}
        </text>
        <text x={10} y={yOf(0.5)} text-anchor="middle" transform={`rotate(-90 10 ${yOf(0.5)})`}>
          {y}
        </text>
        {hasDiagonal && <line class="diagonal" x1={xOf(0)} y1={yOf(0)} x2={xOf(1)} y2={yOf(1)} />}
        {curves.map((curve) => (
          <g key={curve.label} class={`curve ${curve.colour}`} style={{ color: `var(--${curve.colour})` }}>
            <path d={pathOf(curve.points)}>
              <title>{curve.label}</title>
            </path>
            {hasDots && curve.points.map((point, at) => <circle key={at} cx={xOf(point[0])} cy={yOf(point[1])} r={3} />)}
          </g>
        ))}
      </svg>
      {curves.length > 1 && (
        <ul class="legend curve-legend">
          {curves.map((curve) => (
            <li key={curve.label}>
              <i class="swatch" style={{ background: `var(--${curve.colour})` }} />
              {curve.label}
            </li>
          ))}
        </ul>
      )}
    </Figure>
  );
}

function pathOf(points: [number, number][]): string {
  return points.map(([x, y], at) => `${at ? "L" : "M"}${xOf(x).toFixed(1)} ${yOf(y).toFixed(1)}`).join("");
}

function sampled(points: [number, number][]): [number, number][] {
  const every = Math.max(1, Math.ceil(points.length / 12));
  return points.filter((_, at) => at % every === 0 || at === points.length - 1);
}
