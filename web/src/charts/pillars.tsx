// Counts over time as pillars, for a detail: few points, no zoom, made of plain elements.
import { localTime } from "../times";
import { counted, grouped } from "../units";
import { Figure } from "./figure";

interface PillarsProps {
  title: string;
  unit: string;
  points: { time: string; count: number }[];
}

export function Pillars({ title, unit, points }: PillarsProps) {
  const most = Math.max(1, ...points.map((point) => point.count));
  const first = points[0]?.time;
  const last = points.at(-1)?.time;
  return (
    <Figure
      title={title}
      aside={<span class="muted small">at most {counted(most, unit)}</span>}
      table={() => ({ columns: ["Time", unit], rows: points.map((point) => [localTime(point.time), point.count]) })}
    >
      <div class="pillars" role="img" aria-label={`${title}: ${points.length} pieces of time, at most ${counted(most, unit)}`}>
        {points.map((point) => (
          <span key={point.time} title={`${localTime(point.time)}: ${grouped(point.count)} ${unit}`}>
            <i style={{ height: `${(point.count / most) * 100}%` }} />
          </span>
        ))}
      </div>
      {first && last && (
        <div class="pillar-times">
          <span>{localTime(first)}</span>
          <span>{localTime(last)}</span>
        </div>
      )}
    </Figure>
  );
}
