// The last hour of rates, second by second, as columns that charts draw. Pure; tested in tests/series.test.ts.
import type { Column, Series, Severity, Status } from "../api/types";
import { secondsOf } from "../times";

export const kMostPoints = 3600;

const kRates = ["packets", "bits", "flows", "drops"] as const;
export type RateName = (typeof kRates)[number];

export interface Columns {
  times: number[];
  rates: Record<RateName, Column>;
  classes: Map<string, Column>;
}

export function emptyColumns(): Columns {
  return { times: [], rates: { packets: [], bits: [], flows: [], drops: [] }, classes: new Map() };
}

/** What /api/series gave, as columns. */
export function columnsOf(series: Series): Columns {
  const start = secondsOf(series.start);
  const times = series.packets.map((_, index) => start + index * series.step);
  return {
    times,
    rates: { packets: [...series.packets], bits: [...series.bits], flows: [...series.flows], drops: [...series.drops] },
    classes: new Map(Object.entries(series.classes).map(([label, column]) => [label, [...column]])),
  };
}

/**
 * One status more. A status older than the last one means that the clock was set back or a replay began again: what was
 * known is dropped. A gap of more than ten times `step` gets an empty point, so that no line is drawn across it.
 */
export function append(columns: Columns, status: Status, step: number, most = kMostPoints): Columns {
  const at = secondsOf(status.time);
  const last = columns.times.at(-1);
  const kept = last !== undefined && at < last - 10 * step ? emptyColumns() : columns;
  const previous = kept.times.at(-1);
  if (previous !== undefined && at <= previous) return kept;
  if (previous !== undefined && at - previous > 10 * step) pushRow(kept, previous + step, null);
  pushRow(kept, at, status);
  while (kept.times.length > most) dropFirst(kept);
  return kept;
}

function pushRow(columns: Columns, at: number, status: Status | null): void {
  const before = columns.times.length;
  columns.times.push(at);
  for (const name of kRates) columns.rates[name].push(status ? status.rates[name] : null);
  const rates = new Map(status?.classes.map((each) => [each.label, each.rate]));
  for (const label of rates.keys()) {
    if (!columns.classes.has(label)) columns.classes.set(label, new Array<number | null>(before).fill(null));
  }
  for (const [label, column] of columns.classes) column.push(status ? (rates.get(label) ?? 0) : null);
}

function dropFirst(columns: Columns): void {
  columns.times.shift();
  for (const name of kRates) columns.rates[name].shift();
  for (const column of columns.classes.values()) column.shift();
}

/** The part of `columns` within the last `seconds`: an index to begin at. */
export function beginOf(times: number[], seconds: number): number {
  const last = times.at(-1);
  if (last === undefined) return 0;
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < last - seconds) low = middle + 1;
    else high = middle;
  }
  return low;
}

const kLeastShown = 60;

/** Where a chart that would begin at `from` begins: where something is known, so that a fresh capture fills it. */
export function shownFrom(times: number[], known: Column, from: number): number {
  const first = known.findIndex((value, at) => value !== null && (times[at] ?? 0) >= from);
  const last = times.at(-1);
  const begin = times[first];
  if (begin === undefined || last === undefined) return from;
  return Math.max(from, Math.min(begin, last - kLeastShown));
}

export interface Stack {
  times: number[];
  /** From the lowest layer to the highest: label and sums up to and including it. */
  layers: { label: string; tops: Column }[];
}

/**
 * Layers on top of each other, means of equal pieces of time where there are more than `most` points. Classes without a
 * flow in the span are left out; `order` says which lie below.
 */
export function stack(times: number[], classes: Map<string, Column>, order: string[], begin = 0, most = 400): Stack {
  const size = Math.max(1, Math.ceil((times.length - begin) / most));
  const result: Stack = { times: [], layers: [] };
  for (let at = begin; at < times.length; at += size) result.times.push(times[at] ?? 0);
  let below: Column | null = null;
  for (const label of order) {
    const column = classes.get(label);
    if (!column) continue;
    const means = bucketMeans(column, begin, size);
    if (!means.some((mean) => mean !== null && mean > 0)) continue;
    const floor: Column | null = below;
    const tops: Column = means.map((mean, index) => (mean === null ? null : mean + (floor?.[index] ?? 0)));
    result.layers.push({ label, tops });
    below = tops;
  }
  return result;
}

function bucketMeans(column: Column, begin: number, size: number): Column {
  const means: Column = [];
  for (let at = begin; at < column.length; at += size) {
    let sum = 0;
    let known = 0;
    for (let index = at; index < Math.min(at + size, column.length); index += 1) {
      const value = column[index];
      if (value === null || value === undefined) continue;
      sum += value;
      known += 1;
    }
    means.push(known ? sum / known : null);
  }
  return means;
}

/** Alerts of each severity summed into at most `most` pieces of time. */
export function severityBars(series: Series, most = 60): { times: number[]; bars: Record<Severity, number[]> } {
  const count = series.alerts.high.length;
  const size = Math.max(1, Math.ceil(count / most));
  const start = secondsOf(series.start);
  const times: number[] = [];
  const bars: Record<Severity, number[]> = { high: [], medium: [], low: [] };
  for (let at = 0; at < count; at += size) {
    times.push(start + at * series.step);
    for (const severity of ["high", "medium", "low"] as const) {
      bars[severity].push(series.alerts[severity].slice(at, at + size).reduce<number>((sum, each) => sum + (each ?? 0), 0));
    }
  }
  return { times, bars };
}
