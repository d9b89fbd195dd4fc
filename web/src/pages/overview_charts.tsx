// The charts of the overview: four rates, and the classes of flows on top of each other.
import { type ReadonlySignal, useComputed } from "@preact/signals";
import { Timeline, type TimelineData } from "../charts/timeline";
import { FilterBy } from "../parts/filter_by";
import { useDrawn, type Drawn } from "../state/columns";
import { colourOf } from "../state/colours";
import { isBenign } from "../state/palette";
import { setView, view } from "../state/router";
import { type RateName, beginOf, stack } from "../state/series";
import { topTerms } from "../state/view";
import type { UnitName } from "../units";

const kRates: { name: RateName; title: string; unit: UnitName; colour: string }[] = [
  { name: "packets", title: "Packets", unit: "packets_per_second", colour: "accent" },
  { name: "bits", title: "Traffic", unit: "bits_per_second", colour: "accent" },
  { name: "flows", title: "New flows", unit: "flows_per_second", colour: "accent" },
  { name: "drops", title: "Lost packets", unit: "packets_per_second", colour: "high" },
];

const zoom = (from: string, to: string) => setView({ zoom: { from, to } });

export function RateCharts() {
  const drawn = useDrawn();
  return (
    <div class="rates">
      {kRates.map((rate) => (
        <RateChart key={rate.name} drawn={drawn} {...rate} />
      ))}
    </div>
  );
}

function RateChart({ drawn, name, title, unit, colour }: (typeof kRates)[number] & { drawn: ReadonlySignal<Drawn> }) {
  const source = useComputed<TimelineData>(() => {
    const { columns, span } = drawn.value;
    return { columns: [columns.times, columns.rates[name]], lines: [{ label: title, colour }], span };
  });
  return <Timeline title={title} unit={unit} source={source} height={96} zoom={zoom} />;
}

export function ClassesOverTime() {
  const drawn = useDrawn();
  const source = useComputed<TimelineData>(() => {
    const { columns, span } = drawn.value;
    const wanted = classesOf(view.value.filter);
    const order = [...columns.classes.keys()].sort(below).filter((label) => !wanted || wanted.has(label));
    const layers = stack(columns.times, columns.classes, order, beginOf(columns.times, span[1] - span[0]));
    const fromTop = [...layers.layers].reverse();
    return {
      columns: [layers.times, ...fromTop.map((layer) => layer.tops)],
      lines: fromTop.map(({ label }) => ({ label, colour: colourOf(label) })),
      span,
    };
  });
  return <Timeline title="Classes over time" unit="flows_per_second" source={source} height={168} isStack zoom={zoom} legend={<Legend source={source} />} />;
}

/** Benign lies below, where its size disturbs no other layer's shape. */
function below(a: string, b: string): number {
  return Number(isBenign(b)) - Number(isBenign(a)) || a.localeCompare(b);
}

/** The classes that the filter asks for at its top level; null: all. */
function classesOf(filter: string): Set<string> | null {
  const labels = (topTerms(filter) ?? [])
    .filter((each) => each.startsWith("class:"))
    .map((each) => each.slice(6).replace(/^"|"$/g, "").replace(/\\(.)/g, "$1"));
  return labels.length ? new Set(labels) : null;
}

function Legend({ source }: { source: ReadonlySignal<TimelineData> }) {
  const labels = useComputed(() => source.value.lines.map((line) => `${line.colour}\n${line.label}`).join("\t"));
  if (!labels.value) return <span class="muted">no flow ended yet</span>;
  return (
    <ul class="legend">
      {labels.value.split("\t").reverse().map((each) => {
        const [colour = "", label = ""] = each.split("\n");
        return (
          <li key={label}>
            <i class="swatch" style={{ background: `var(--${colour})` }} />
            <FilterBy field="class" value={label} />
          </li>
        );
      })}
    </ul>
  );
}
