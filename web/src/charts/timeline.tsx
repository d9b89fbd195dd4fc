// A chart over time, drawn by uPlot on a canvas. Its data come as a signal, so that an update draws without rendering the
// page again. Dragging over it chooses a span of time.
import { type ReadonlySignal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { colour, theme } from "../state/theme";
import { localTime, rfc3339 } from "../times";
import { type UnitName, kUnits, scaled, text } from "../units";
import { Figure, type TableBehind } from "./figure";
import { draw, forget } from "./frames";

export interface Line {
  label: string;
  /** Name of a CSS variable. */
  colour: string;
}

export interface TimelineData {
  /** First column: seconds since 1970; then one for each line. */
  columns: uPlot.AlignedData;
  lines: Line[];
  /** What the x axis spans. */
  span: [number, number];
}

interface TimelineProps {
  title: string;
  unit: UnitName;
  source: ReadonlySignal<TimelineData>;
  height: number;
  /** Layers lie on top of each other: columns are sums, the highest first. */
  isStack?: boolean;
  isBars?: boolean;
  zoom?: (from: string, to: string) => void;
  /** In place of the value at the right. */
  legend?: preact.ComponentChildren;
}

interface Hover {
  time: number;
  value: number | null;
}

export function Timeline(props: TimelineProps) {
  const { title, unit, source, height } = props;
  const host = useRef<HTMLDivElement>(null);
  const hover = useSignal<Hover | null>(null);
  const latestProps = useRef(props);
  latestProps.current = props;

  useSignalEffect(() => {
    const element = host.current;
    if (!element) return;
    theme.value;
    let plot: uPlot | null = null;
    let shape = "";
    const redraw = () => {
      const data = source.peek();
      const wanted = data.lines.map((line) => line.label).join("\n");
      if (plot === null || wanted !== shape) {
        plot?.destroy();
        shape = wanted;
        plot = new uPlot(optionsOf(latestProps.current, data, element, hover), data.columns, element);
      } else plot.setData(data.columns);
    };
    const stop = source.subscribe(() => draw(redraw));
    const resize = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height }));
    resize.observe(element);
    return () => {
      stop();
      forget(redraw);
      resize.disconnect();
      plot?.destroy();
    };
  });

  useEffect(() => () => void (hover.value = null), []);
  return (
    <Figure title={title} aside={props.legend ?? <Now {...{ source, hover, unit }} />} table={() => tableOf(source.peek(), unit)}>
      <div class="canvas" ref={host} role="img" aria-label={`${title}, a chart over time; the table button shows its numbers`} />
    </Figure>
  );
}

function Now({ source, hover, unit }: { source: ReadonlySignal<TimelineData>; hover: { value: Hover | null }; unit: UnitName }) {
  const at = hover.value;
  const column = source.value.columns[1] ?? [];
  const shown = at ? at.value : (column[column.length - 1] ?? null);
  const { value, unit: name } = shown === null || shown === undefined ? { value: "–", unit: "" } : kUnits[unit].short(shown);
  return (
    <span class="now">
      {at && <time>{localTime(rfc3339(at.time))}</time>}
      <b>{value}</b> <span class="unit">{name}</span>
    </span>
  );
}

function optionsOf(props: TimelineProps, data: TimelineData, element: HTMLElement, hover: { value: Hover | null }): uPlot.Options {
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: colour("muted"), font, ticks: { show: false }, grid: { stroke: colour("grid"), width: 1 } };
  return {
    width: element.clientWidth || 300,
    height: props.height,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: true, y: false, setScale: false }, y: false, points: { show: false }, sync: { key: "time" } },
    scales: { x: { time: true, range: () => props.source.peek().span }, y: { range: (_, __, most) => [0, Math.max(most * 1.08, 1) || 1] } },
    axes: [
      { ...axis, size: 24, gap: 4, space: 72, grid: { show: false }, values: (_, splits) => timeLabels(splits) },
      { ...axis, size: 40, gap: 4, space: 28, ...(props.isBars ? { incrs: kWhole } : {}), values: (_, splits) => splits.map(tickLabel) },
    ],
    series: [{}, ...data.lines.map((line) => seriesOf(line, props))],
    hooks: {
      setCursor: [(plot) => (hover.value = hoverOf(plot))],
      setSelect: [(plot) => zoomTo(plot, props)],
    },
  };
}

/** Counts are whole: no tick at half an alert. */
const kWhole = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];

/** The unit stands in the title; a tick has its prefix only. */
function tickLabel(value: number): string {
  const { digits, prefix } = scaled(value);
  return (digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits) + prefix;
}

function seriesOf(line: Line, props: TimelineProps): uPlot.Series {
  const stroke = colour(line.colour);
  const isSolid = props.isStack || props.isBars;
  const series: uPlot.Series = { label: line.label, stroke, width: isSolid ? 0 : 1, points: { show: false } };
  if (isSolid) series.fill = stroke;
  if (props.isBars && uPlot.paths.bars) series.paths = uPlot.paths.bars({ size: [0.82, 24], align: 1 });
  return series;
}

function hoverOf(plot: uPlot): Hover | null {
  const index = plot.cursor.idx;
  const time = index === null || index === undefined ? undefined : plot.data[0][index];
  if (index === null || index === undefined || time === undefined) return null;
  return { time, value: plot.data[1]?.[index] ?? null };
}

function zoomTo(plot: uPlot, props: TimelineProps): void {
  const { left, width } = plot.select;
  if (width < 4) return;
  const from = plot.posToVal(left, "x");
  const to = plot.posToVal(left + width, "x");
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  props.zoom?.(rfc3339(from), rfc3339(to));
}

/** Hours and minutes; seconds where splits are closer, the date where they are a day apart. */
function timeLabels(splits: number[]): string[] {
  const step = (splits[1] ?? 0) - (splits[0] ?? 0);
  return splits.map((split) => {
    const label = localTime(rfc3339(split), new Date(split * 1000));
    if (step >= 86_400) return localTime(rfc3339(split), new Date(0)).replace(/ \d{4} .*/, "");
    return step >= 60 ? label.slice(0, 5) : label;
  });
}

const kMostRows = 60;

function tableOf(data: TimelineData, unit: UnitName): TableBehind {
  const [times, ...columns] = data.columns;
  const every = Math.max(1, Math.ceil(times.length / kMostRows));
  const rows: string[][] = [];
  for (let at = times.length - 1; at >= 0; at -= every) {
    const cells = columns.map((column) => {
      const value = column[at];
      return value === null || value === undefined ? "–" : text(kUnits[unit].short(value));
    });
    rows.push([localTime(rfc3339(times[at] ?? 0)), ...cells]);
  }
  return { columns: ["Time", ...data.lines.map((line) => line.label)], rows };
}
