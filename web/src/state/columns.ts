// What the charts of the overview draw: the live hour, or a span read from the server where it is longer or was zoomed into.
import { type ReadonlySignal, computed, signal, useComputed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Series } from "../api/types";
import { rangeSeconds, secondsOf } from "../times";
import { columnsVersion, liveColumns } from "./live";
import { useResource } from "./resource";
import { view } from "./router";
import { type Columns, columnsOf, emptyColumns, kMostPoints, shownFrom } from "./series";
import { spanOf } from "./view";

export interface Drawn {
  columns: Columns;
  span: [number, number];
}

/** Live and no longer than what is kept here. */
export const isLive = computed(() => view.value.zoom === null && (rangeSeconds(view.value.range) ?? 0) <= kMostPoints);

const fetched = signal<Columns>(emptyColumns());

/** The series of the span; read from the server for alerts over time, and for rates where they are not live. */
export function useSeries(version: number): ReturnType<typeof useResource<Series>> {
  const span = spanOf(view.value);
  const seconds = rangeSeconds(view.value.range) ?? 900;
  const series = useResource<Series>("/series", { ...span, step: stepOf(seconds) }, version, 5000);
  useEffect(() => {
    fetched.value = series.data && !isLive.value ? columnsOf(series.data) : emptyColumns();
  }, [series.data, isLive.value]);
  return series;
}

/** At most 900 points: what a chart has pixels for. */
function stepOf(seconds: number): number {
  const zoom = view.value.zoom;
  const span = zoom ? secondsOf(zoom.to) - secondsOf(zoom.from) : seconds;
  return Math.max(1, Math.ceil(span / 900));
}

export function useDrawn(): ReadonlySignal<Drawn> {
  return useComputed<Drawn>(() => {
    columnsVersion.value;
    const live = isLive.value;
    const columns = live ? liveColumns() : fetched.value;
    const { zoom, range } = view.value;
    if (zoom) return { columns, span: [secondsOf(zoom.from), secondsOf(zoom.to)] };
    const last = columns.times.at(-1) ?? Date.now() / 1000;
    return { columns, span: [shownFrom(columns.times, columns.rates.packets, last - (rangeSeconds(range) ?? 900)), last] };
  });
}
