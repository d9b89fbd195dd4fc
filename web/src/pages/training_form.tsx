// Training from what was uploaded: labelled CSVs, or captures with label rules.
import { useSignal } from "@preact/signals";
import { post } from "../api/client";
import type { Job, TrainingRequest, Upload } from "../api/types";
import { Read } from "../parts/states";
import { attempt } from "../parts/toasts";
import { UploadButton } from "../parts/upload";
import { Value } from "../parts/values";
import { useResource } from "../state/resource";

const kSplits: [string, string][] = [
  ["five-tuple", "five-tuple: no connection on both sides"],
  ["host", "host: no initiator on both sides"],
  ["capture", "capture: no file on both sides"],
  ["time", "time: the later part is held out"],
  ["stratified", "stratified: random, flatters"],
];
const kSchemas = ["cic", "cic+tcp", "cic+tcp+host", "early", "payload"];

export function TrainingForm({ close }: { close: () => void }) {
  const uploads = useResource<{ uploads: Upload[] }>("/uploads");
  const chosen = useSignal<string[]>([]);
  const isCapture = uploads.data?.uploads.some((upload) => upload.kind === "capture" && chosen.value.includes(upload.id)) ?? false;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(form.get(name) ?? "");
    const body: TrainingRequest = {
      name: text("name"),
      data: chosen.value,
      rules: isCapture ? text("rules") : null,
      algorithm: text("algorithm") === "xgboost" ? "xgboost" : "forest",
      trees: Number(text("trees")),
      schema: text("schema"),
      smote: form.has("smote"),
      split: text("split"),
    };
    if (await attempt(() => post<Job>("/training", body), `Training ${body.name}.`)) close();
  };
  const toggle = (id: string) => {
    chosen.value = chosen.value.includes(id) ? chosen.value.filter((each) => each !== id) : [...chosen.value, id];
  };
  const added = (upload: Upload) => {
    chosen.value = [...chosen.value, upload.id];
    uploads.reload();
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Field label="Name">
        <input name="name" required maxLength={64} pattern="[A-Za-z0-9][A-Za-z0-9._\-]*" title="Letters, digits, dot, dash" autocomplete="off" />
      </Field>
      <fieldset>
        <legend>Data</legend>
        <Read of={uploads} lines={2}>
          {(data) => (
            <>
              {data.uploads.map((upload) => (
                <label key={upload.id} class="choice">
                  <input type="checkbox" checked={chosen.value.includes(upload.id)} onChange={() => toggle(upload.id)} />
                  <span class="grow">{upload.name}</span>
                  <span class="muted">{upload.kind}</span>
                  <Value of={upload.bytes} as="bytes" />
                </label>
              ))}
              {data.uploads.length === 0 && <p class="muted">Nothing was uploaded yet.</p>}
            </>
          )}
        </Read>
        <UploadButton accept=".csv,.pcap,.pcapng,.gz,.zst" label="Upload a CSV or capture" done={added} />
      </fieldset>
      {isCapture && (
        <Field label="Label rules (TOML): what the flows of the capture are">
          <textarea name="rules" rows={6} required spellcheck={false} placeholder={'[[rule]]\nlabel = "PortScan"\nsource = "192.0.2.7"'} />
        </Field>
      )}
      <div class="fields">
        <Field label="Algorithm">
          <select name="algorithm">
            <option value="forest">Random Forest</option>
            <option value="xgboost">XGBoost</option>
          </select>
        </Field>
        <Field label="Trees or rounds">
          <input name="trees" type="number" min={1} max={10_000} defaultValue="100" required />
        </Field>
        <Field label="Features">
          <input name="schema" list="schemas" defaultValue="cic+tcp+host" required />
        </Field>
        <Field label="Judged by">
          <select name="split">
            {kSplits.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </Field>
      </div>
      <datalist id="schemas">
        {kSchemas.map((schema) => (
          <option key={schema} value={schema} />
        ))}
      </datalist>
      <label class="choice">
        <input type="checkbox" name="smote" />
        <span>
          SMOTE: balance classes by synthetic rows <span class="muted">(rarely helps forests)</span>
        </span>
      </label>
      <div class="actions">
        <button type="button" onClick={close}>
          Cancel
        </button>
        <button type="submit" class="accent" disabled={chosen.value.length === 0}>
          Train
        </button>
      </div>
    </form>
  );
}

function Field({ label, children }: { label: string; children: preact.ComponentChildren }) {
  return (
    <label class="field-over">
      <span>{label}</span>
      {children}
    </label>
  );
}
