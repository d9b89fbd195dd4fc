// Capture: what runs, and starting another: an interface, or an uploaded capture at a speed of one's choice.
import { useSignal } from "@preact/signals";
import { post, remove } from "../api/client";
import type { Capture, Interface, Models, Upload } from "../api/types";
import { Clock } from "../parts/clock";
import { Icon } from "../parts/icons";
import { Jobs } from "../parts/jobs";
import { Read } from "../parts/states";
import { attempt } from "../parts/toasts";
import { UploadButton } from "../parts/upload";
import { Time, Value } from "../parts/values";
import { capture, status } from "../state/live";
import { useResource } from "../state/resource";
import { isAnalyst } from "../state/session";

const kSpeeds: [number, string][] = [
  [0, "as fast as possible"],
  [1, "as recorded"],
  [10, "10 times as fast"],
  [40, "40 times as fast"],
  [100, "100 times as fast"],
];

export function CapturePage() {
  const now = capture.value;
  return (
    <div class="capture">
      <header class="page-head">
        <h2>Capture</h2>
      </header>
      {now && <Now capture={now} />}
      <Jobs kind="analysis" />
      {isAnalyst.value ? <Start isRunning={now?.state === "running"} /> : <p class="muted">Starting and stopping takes the role of an analyst.</p>}
    </div>
  );
}

const kWords = { running: "Running", stopped: "Stopped", failed: "Failed" };

function Now({ capture: now }: { capture: Capture }) {
  const totals = status.value?.totals;
  const stop = () => void attempt(() => post("/capture/stop"), "The capture was stopped.");
  const facts: [string, preact.ComponentChildren][] = [
    ["Source", now.source ? `${now.source}${now.kind ? ` (${now.kind})` : ""}` : "–"],
    ["Since", <Time at={now.started} />],
    ["For", <Clock capture={now} />],
    ["Filter", now.filter ? <code>{now.filter}</code> : "all packets"],
    ["Model", now.model ?? "none"],
    ["Speed", now.kind === "file" ? speedOf(now.speed) : "live"],
    ["Packets", <Value of={totals?.packets_received} as="count" />],
    ["Lost", <Value of={totals?.packets_dropped} as="count" />],
    ["Flows", <Value of={totals?.flows_started} as="count" />],
    ["Bytes", <Value of={totals?.bytes} as="bytes" />],
  ];
  return (
    <section class={`capture-now ${now.state}`}>
      <div class="tools">
        <i class="dot" />
        <b>{kWords[now.state]}</b>
        {now.message && <span class={now.state === "failed" ? "bad" : "muted"}>{now.message}</span>}
        <span class="spring" />
        {now.state === "running" && isAnalyst.value && (
          <button type="button" class="danger" onClick={stop}>
            <Icon name="stop" /> Stop
          </button>
        )}
      </div>
      {now.progress !== null && (
        <div class="through">
          <progress value={now.progress} max={1} aria-label="How much of the file was read" />
          <span>{(now.progress * 100).toFixed(0)} %</span>
        </div>
      )}
      <dl class="facts columns">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const speedOf = (speed: number | null) => (speed === null || speed === 0 ? "as fast as possible" : speed === 1 ? "as recorded" : `${speed} times as fast`);

function Start({ isRunning }: { isRunning: boolean }) {
  const source = useSignal("");
  const isUpload = source.value.startsWith("upload:");
  const models = useResource<Models>("/models");
  const usable = models.data?.models.filter((model) => model.fits === true) ?? [];
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const name = source.value.slice(source.value.indexOf(":") + 1);
    const what = isUpload ? { upload: name, speed: Number(form.get("speed")) } : { interface: name };
    const body = { ...what, filter: String(form.get("filter") ?? ""), model: String(form.get("model") ?? "") || null };
    await attempt(() => post<Capture>("/capture/start", body), "Capturing.");
  };
  return (
    <section class="capture-start">
      <h3>{isRunning ? "Capture something else" : "Start a capture"}</h3>
      <form onSubmit={(event) => void submit(event)}>
        <div class="sources">
          <Interfaces source={source} />
          <Uploads source={source} />
        </div>
        <div class="fields">
          <label class="field-over">
            <span>Only packets that match (BPF)</span>
            <input name="filter" type="text" placeholder="not port 22" spellcheck={false} autocomplete="off" />
          </label>
          <label class="field-over">
            <span>Model</span>
            <select name="model">
              <option value="">none: count only</option>
              {usable.map((model) => (
                <option key={model.name} value={model.name} selected={model.name === models.data?.active}>
                  {model.name}
                </option>
              ))}
            </select>
          </label>
          {isUpload && (
            <label class="field-over">
              <span>Speed</span>
              <select name="speed">
                {kSpeeds.map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </select>
            </label>
          )}
          <button type="submit" class="accent" disabled={source.value === ""}>
            <Icon name="play" /> {isRunning ? "Stop the other and start" : "Start"}
          </button>
        </div>
      </form>
    </section>
  );
}

function Interfaces({ source }: { source: { value: string } }) {
  const interfaces = useResource<{ interfaces: Interface[] }>("/interfaces");
  return (
    <fieldset>
      <legend>An interface</legend>
      <Read of={interfaces} lines={3}>
        {(data) => (
          <>
            {data.interfaces.map((each) => (
              <label key={each.name} class={`choice ${each.can_capture ? "" : "is-off"}`}>
                <input
                  type="radio"
                  name="source"
                  disabled={!each.can_capture}
                  checked={source.value === `interface:${each.name}`}
                  onChange={() => (source.value = `interface:${each.name}`)}
                />
                <b>{each.name}</b>
                <span class="muted grow">{each.can_capture ? each.description : each.why_not}</span>
              </label>
            ))}
            {data.interfaces.length === 0 && <p class="muted">There is none that this process sees.</p>}
          </>
        )}
      </Read>
    </fieldset>
  );
}

function Uploads({ source }: { source: { value: string } }) {
  const uploads = useResource<{ uploads: Upload[] }>("/uploads");
  const added = (upload: Upload) => {
    source.value = `upload:${upload.id}`;
    uploads.reload();
  };
  const drop = (upload: Upload) => {
    if (source.value === `upload:${upload.id}`) source.value = "";
    void attempt(() => remove(`/uploads/${upload.id}`), `${upload.name} was deleted.`).then(uploads.reload);
  };
  return (
    <fieldset>
      <legend>A recorded capture</legend>
      <Read of={uploads} lines={3}>
        {(data) => (
          <>
            {data.uploads
              .filter((upload) => upload.kind === "capture")
              .map((upload) => (
                <div key={upload.id} class="choice-row">
                  <label class="choice">
                    <input type="radio" name="source" checked={source.value === `upload:${upload.id}`} onChange={() => (source.value = `upload:${upload.id}`)} />
                    <b class="grow">{upload.name}</b>
                    <Value of={upload.bytes} as="bytes" />
                  </label>
                  <button type="button" class="quiet" aria-label={`Delete ${upload.name}`} onClick={() => drop(upload)}>
                    <Icon name="close" />
                  </button>
                </div>
              ))}
          </>
        )}
      </Read>
      <UploadButton accept=".pcap,.pcapng,.cap,.gz,.zst" label="Upload a capture" done={added} />
    </fieldset>
  );
}
