// One model: what it was trained from and how, how good it is by each way of holding rows out, what it looks at.
import { useSignal } from "@preact/signals";
import type { ModelDetail, ModelReport, Models, Split } from "../api/types";
import { Confusion } from "../charts/confusion";
import { Curves } from "../charts/curves";
import { Link } from "../parts/link";
import { Ranked } from "../parts/ranked";
import { Empty, Read } from "../parts/states";
import { Time, Value } from "../parts/values";
import { paletteOf } from "../state/palette";
import { useResource } from "../state/resource";
import type { PageProps } from "../routes";
import { ModelActions } from "./models";

const kImportant = 16;

export function ModelPage({ parameter }: PageProps) {
  const model = useResource<ModelDetail>(`/models/${encodeURIComponent(parameter)}`);
  const models = useResource<Models>("/models");
  return (
    <Read of={model} lines={14}>
      {(data) => (
        <article class="model">
          <header class="page-head">
            <Link to="/models" class="back">
              ‹ Models
            </Link>
            <h2>{data.name}</h2>
            {models.data?.active === data.name && <span class="tag active">active</span>}
            <span class="spring" />
            <ModelActions model={data} isActive={models.data?.active === data.name} done={models.reload} />
          </header>
          {data.fits !== true && <p class="warnings">{data.fits}</p>}
          {data.report && data.report.warnings.length > 0 && <Warnings warnings={data.report.warnings} />}
          <Facts model={data} />
          {data.report ? <Report report={data.report} /> : <Empty title="No report">This model was trained without holding rows out: nothing can judge it.</Empty>}
        </article>
      )}
    </Read>
  );
}

function Warnings({ warnings }: { warnings: string[] }) {
  return (
    <section class="warnings" aria-label="Warnings">
      <h3>What to know before trusting it</h3>
      <ul>
        {warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </section>
  );
}

function Facts({ model }: { model: ModelDetail }) {
  const options = Object.entries(model.options).filter(([, value]) => value !== null && value !== "");
  return (
    <dl class="facts wide">
      <div>
        <dt>Trained</dt>
        <dd>
          <Time at={model.created} />
        </dd>
      </div>
      <div>
        <dt>Kind</dt>
        <dd>
          {model.kind}, <Value of={model.trees} as="count" /> trees, <Value of={model.bytes} as="bytes" />
        </dd>
      </div>
      <div>
        <dt>Data</dt>
        <dd>
          <Value of={model.rows} as="count" /> rows of {model.classes.length} classes from {model.data.map(nameOf).join(", ")}
        </dd>
      </div>
      <div>
        <dt>Schema</dt>
        <dd>{model.schema}</dd>
      </div>
      <div>
        <dt>SHA-256</dt>
        <dd>
          <code>{model.hash}</code>
        </dd>
      </div>
      <div>
        <dt>Options</dt>
        <dd class="muted">{options.map(([key, value]) => `${key} ${plain(value)}`).join(" · ") || "as by default"}</dd>
      </div>
    </dl>
  );
}

const plain = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));

/** A file that was learnt from, as a text or as an object with its name and hash. */
function nameOf(source: unknown): string {
  if (typeof source === "string") return source;
  const named = source as { name?: unknown; path?: unknown; file?: unknown } | null;
  const name = named?.name ?? named?.path ?? named?.file;
  return typeof name === "string" ? name : plain(source);
}

function Report({ report }: { report: ModelReport }) {
  const chosen = useSignal(report.splits[0]?.name ?? "");
  const split = report.splits.find((each) => each.name === chosen.value) ?? report.splits[0];
  const palette = paletteOf(report.curves.pr.map((curve) => curve.label));
  const most = report.importance.slice(0, kImportant);
  return (
    <>
      <div class="tools">
        <b>Held out by</b>
        <div class="range" role="group" aria-label="How rows were held out">
          {report.splits.map(({ name, macro_f1 }) => (
            <button key={name} type="button" aria-pressed={name === split?.name} onClick={() => (chosen.value = name)}>
              {name} {macro_f1 !== null && <span class="muted">{macro_f1.toFixed(3)}</span>}
            </button>
          ))}
        </div>
      </div>
      {split && (
        <div class="two even">
          <Scores split={split} />
          <Confusion labels={split.classes.map((score) => score.label)} counts={split.confusion} />
        </div>
      )}
      <div class="three">
        <Curves
          title="Precision over recall"
          x="recall"
          y="precision"
          curves={report.curves.pr.map((curve) => ({ ...curve, colour: palette.get(curve.label) ?? "accent" }))}
        />
        <Curves
          title="Calibration"
          x="probability told"
          y="share that was right"
          hasDiagonal
          hasDots
          curves={[{ label: "calibration", colour: "accent", points: report.curves.calibration.map(([told, right]) => [told, right]) }]}
        />
        <Ranked
          title="Importance of features"
          of="share"
          unit="share"
          none="Not known."
          {...(report.importance.length > kImportant ? { note: `the first ${kImportant} of ${report.importance.length}` } : {})}
          rows={most.map(({ feature, value }) => ({ key: feature, name: feature, value }))}
        />
      </div>
    </>
  );
}

function Scores({ split }: { split: Split }) {
  const digits = (value: number | null) => (value === null ? "–" : value.toFixed(3));
  return (
    <table class="rows">
      <thead>
        <tr>
          <th scope="col">Class</th>
          <th scope="col" class="number">Precision</th>
          <th scope="col" class="number">Recall</th>
          <th scope="col" class="number">F1</th>
          <th scope="col" class="number">Rows</th>
        </tr>
      </thead>
      <tbody>
        {split.classes.map((score) => (
          <tr key={score.label}>
            <th scope="row">{score.label}</th>
            <td class="number">{digits(score.precision)}</td>
            <td class="number">{digits(score.recall)}</td>
            <td class={`number ${score.f1 !== null && score.f1 < 0.8 ? "bad" : ""}`}>{digits(score.f1)}</td>
            <td class="number">
              <Value of={score.support} as="count" />
            </td>
          </tr>
        ))}
        <tr class="sum">
          <th scope="row">Macro-F1, accuracy</th>
          <td />
          <td />
          <td class="number">{digits(split.macro_f1)}</td>
          <td class="number">{digits(split.accuracy)}</td>
        </tr>
      </tbody>
    </table>
  );
}
