// What can be done with one alert; j and k go to the alerts beside it.
import { useSignal } from "@preact/signals";
import { address, get } from "../api/client";
import type { AlertDetail } from "../api/types";
import { Icon } from "../parts/icons";
import { MuteDialog } from "../parts/mute_dialog";
import { attempt } from "../parts/toasts";
import { VerdictDialog } from "../parts/verdict_dialog";
import { useListKeys } from "../state/list_keys";
import { go } from "../state/router";
import { isAnalyst, may } from "../state/session";
import { act } from "../state/triage";

export function AlertActions({ alert, changed }: { alert: AlertDetail; changed: () => void }) {
  const dialog = useSignal<"verdict" | "mute" | null>(null);
  const isArchived = alert.state === "archived";
  const run = (action: "archive" | "reopen" | "escalate" | "deescalate") => void act([alert.number], action).then(changed);
  useListKeys({
    next: () => go(`/alerts/${alert.number - 1}`),
    previous: () => go(`/alerts/${alert.number + 1}`),
    archive: () => may("analyst") && run(isArchived ? "reopen" : "archive"),
  });
  const close = () => {
    dialog.value = null;
    changed();
  };
  const copy = () =>
    void attempt(async () => {
      const event = await get<unknown>(`/alerts/${alert.number}/eve`);
      await navigator.clipboard.writeText(JSON.stringify(event));
    }, "The alert is on the clipboard as EVE JSON.");
  return (
    <div class="actions">
      {isAnalyst.value && (
        <>
          <button type="button" class="accent" title="e" onClick={() => run(isArchived ? "reopen" : "archive")}>
            <Icon name="archive" /> {isArchived ? "Reopen" : "Archive"}
          </button>
          <button type="button" aria-pressed={alert.escalated} onClick={() => run(alert.escalated ? "deescalate" : "escalate")}>
            <Icon name="escalate" /> {alert.escalated ? "Escalated" : "Escalate"}
          </button>
          <button type="button" onClick={() => (dialog.value = "verdict")}>
            Judge…
          </button>
          <button type="button" onClick={() => (dialog.value = "mute")}>
            <Icon name="mute" /> Mute…
          </button>
        </>
      )}
      <button type="button" title="Copy as EVE JSON" onClick={copy}>
        <Icon name="copy" /> EVE
      </button>
      <a class="button" href={address(`/alerts/${alert.number}/flows.csv`)} download title="The flows as CSV">
        <Icon name="down" /> CSV
      </a>
      {dialog.value === "verdict" && <VerdictDialog numbers={[alert.number]} label={alert.label} close={close} />}
      {dialog.value === "mute" && <MuteDialog alert={alert} close={close} />}
    </div>
  );
}
