// A mute from an alert: which of its class, source and target must match, and for how long. Every mute ends.
import { useSignal } from "@preact/signals";
import { post } from "../api/client";
import type { AlertRow } from "../api/types";
import { alertsChanged } from "../state/live";
import { attempt } from "./toasts";
import { Dialog } from "./dialog";

const kSpans: [string, number][] = [
  ["1 hour", 3600],
  ["8 hours", 28_800],
  ["1 day", 86_400],
  ["7 days", 604_800],
  ["30 days", 2_592_000],
];

export function MuteDialog({ alert, close }: { alert: AlertRow; close: () => void }) {
  const parts = useSignal({ class: true, source: true, target: false });
  const seconds = useSignal(86_400);
  const isEmpty = !Object.values(parts.value).some(Boolean);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const body = { alert: alert.number, ...parts.value, expires_in: seconds.value };
    if (await attempt(() => post("/mutes", body), "Muted. Alerts like this one are kept silent until then.")) {
      alertsChanged.value += 1;
      close();
    }
  };
  const part = (name: "class" | "source" | "target", text: string) => (
    <label class="choice">
      <input type="checkbox" checked={parts.value[name]} onChange={(event) => (parts.value = { ...parts.value, [name]: event.currentTarget.checked })} />
      <span class="muted">{name}</span>
      <b>{text}</b>
    </label>
  );
  return (
    <Dialog title={`Mute what is like alert #${alert.number}`} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        <p class="muted">Flows that match all that is ticked raise no alert. They are still judged and counted.</p>
        {part("class", alert.label)}
        {part("source", alert.source)}
        {part("target", alert.destination)}
        <label class="field">
          <span>for</span>
          <select value={seconds.value} onChange={(event) => (seconds.value = Number(event.currentTarget.value))}>
            {kSpans.map(([name, value]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <div class="actions">
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="accent" disabled={isEmpty}>
            Mute
          </button>
        </div>
      </form>
    </Dialog>
  );
}
