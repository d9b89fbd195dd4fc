// Alert episodes over time by severity, and how many there were of each.
import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Overview, Series } from "../api/types";
import { Timeline, type TimelineData } from "../charts/timeline";
import { FilterBy } from "../parts/filter_by";
import { SeverityMark } from "../parts/severity";
import { Change, Value } from "../parts/values";
import { setView } from "../state/router";
import { columnsOf, severityBars, shownFrom } from "../state/series";
import { secondsOf } from "../times";

const kNothing: TimelineData = { columns: [[], []], lines: [{ label: "high", colour: "high" }], span: [0, 1] };

export function AlertsOverTime({ series, overview }: { series: Series | null; overview: Overview | null }) {
  const read = useSignal<Series | null>(series);
  useEffect(() => void (read.value = series), [series]);
  const source = useComputed<TimelineData>(() => (read.value ? barsOf(read.value) : kNothing));
  return (
    <Timeline
      title="Alert episodes"
      unit="count"
      source={source}
      height={168}
      isBars
      zoom={(from, to) => setView({ zoom: { from, to } })}
      legend={<Counts overview={overview} />}
    />
  );
}

/** Sums from the top: high lies on the axis, where its height can be read. */
function barsOf(series: Series): TimelineData {
  const { times, bars } = severityBars(series);
  const medium = bars.high.map((high, at) => high + (bars.medium[at] ?? 0));
  const low = medium.map((sum, at) => sum + (bars.low[at] ?? 0));
  const end = secondsOf(series.start) + series.step * series.alerts.high.length;
  return {
    columns: [times, low, medium, bars.high],
    lines: [
      { label: "low", colour: "low" },
      { label: "medium", colour: "medium" },
      { label: "high", colour: "high" },
    ],
    span: [shownFrom(columnsOf(series).times, series.packets, secondsOf(series.start)), end],
  };
}

function Counts({ overview }: { overview: Overview | null }) {
  return (
    <ul class="legend">
      {overview?.severities.map(({ severity, alerts, before }) => (
        <li key={severity}>
          <SeverityMark severity={severity} />
          <FilterBy field="severity" value={severity}>
            <Value of={alerts} as="count" /> {severity}
          </FilterBy>
          {overview.before && <Change value={alerts} before={before} as="count" />}
        </li>
      ))}
    </ul>
  );
}
