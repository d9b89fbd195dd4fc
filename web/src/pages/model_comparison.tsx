// Two models side by side: per class and split, with what the second gains or loses.
import type { ModelDetail, Split } from "../api/types";
import { Failed, Loading } from "../parts/states";
import { Time, Value } from "../parts/values";
import { useResource } from "../state/resource";

const pathOf = (name: string) => `/models/${encodeURIComponent(name)}`;
const digits = (value: number | null | undefined) => (value === null || value === undefined ? "–" : value.toFixed(3));

export function Comparison({ first, second }: { first: string; second: string }) {
  const a = useResource<ModelDetail>(pathOf(first));
  const b = useResource<ModelDetail>(pathOf(second));
  const error = a.error ?? b.error;
  if (error) return <Failed message={error.message} />;
  if (!a.data || !b.data) return <Loading />;
  const splits = a.data.report?.splits.filter((split) => b.data?.report?.splits.some((other) => other.name === split.name)) ?? [];
  return (
    <section class="comparison">
      <h3>
        {first} against {second}
      </h3>
      {splits.length === 0 && <p class="none-yet">One of them has no report of the same split: there is nothing to compare them by.</p>}
      <div class="comparisons">
        <Facts a={a.data} b={b.data} />
        {splits.map((split) => {
          const other = b.data?.report?.splits.find((each) => each.name === split.name);
          return other ? <SplitTable key={split.name} a={split} b={other} names={[first, second]} /> : null;
        })}
      </div>
    </section>
  );
}

function Facts({ a, b }: { a: ModelDetail; b: ModelDetail }) {
  const rows: [string, (model: ModelDetail) => preact.ComponentChildren][] = [
    ["Trained", (model) => <Time at={model.created} />],
    ["Kind", (model) => model.kind],
    ["Schema", (model) => model.schema],
    ["Rows", (model) => <Value of={model.rows} as="count" />],
    ["Trees", (model) => <Value of={model.trees} as="count" />],
    ["Size", (model) => <Value of={model.bytes} as="bytes" />],
  ];
  return (
    <table class="rows narrow">
      <caption>The runs</caption>
      <thead>
        <tr>
          <td />
          <th scope="col" class="number">{a.name}</th>
          <th scope="col" class="number">{b.name}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, show]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="number">{show(a)}</td>
            <td class="number">{show(b)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Gain({ from, to }: { from: number | null | undefined; to: number | null | undefined }) {
  if (from === null || from === undefined || to === null || to === undefined) return <>–</>;
  const gain = to - from;
  if (Math.abs(gain) < 0.0005) return <span class="muted">±0</span>;
  return <b class={gain > 0 ? "gain" : "bad"}>{`${gain > 0 ? "+" : "\u2212"}${Math.abs(gain).toFixed(3)}`}</b>;
}

function SplitTable({ a, b, names }: { a: Split; b: Split; names: [string, string] }) {
  return (
    <table class="rows narrow">
      <caption>
        F1, held out by {a.name}
      </caption>
      <thead>
        <tr>
          <th scope="col">Class</th>
          <th scope="col" class="number">{names[0]}</th>
          <th scope="col" class="number">{names[1]}</th>
          <th scope="col" class="number">gain</th>
        </tr>
      </thead>
      <tbody>
        <tr class="sum">
          <th scope="row">Macro-F1</th>
          <td class="number">{digits(a.macro_f1)}</td>
          <td class="number">{digits(b.macro_f1)}</td>
          <td class="number">
            <Gain from={a.macro_f1} to={b.macro_f1} />
          </td>
        </tr>
        {a.classes.map((score) => {
          const other = b.classes.find((each) => each.label === score.label);
          return (
            <tr key={score.label}>
              <th scope="row">{score.label}</th>
              <td class="number">{digits(score.f1)}</td>
              <td class="number">{digits(other?.f1)}</td>
              <td class="number">
                <Gain from={score.f1} to={other?.f1} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
