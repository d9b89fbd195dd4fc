// The tools above the inbox: which alerts, how grouped, how one is told; and what to do with those selected.
import { useSignal } from "@preact/signals";
import type { AlertPage, AlertRow } from "../api/types";
import { Icon } from "../parts/icons";
import { VerdictDialog } from "../parts/verdict_dialog";
import { enableNotifications, playAlarm, wantsNotification, wantsSound } from "../state/alarms";
import { setQuery } from "../state/router";
import { isAnalyst } from "../state/session";
import { act } from "../state/triage";
import { say } from "../parts/toasts";
import { Mutes } from "./mutes";

const kStates = ["open", "archived", "all"];
const kGroups = ["none", "class", "source", "target"];

interface AlertToolsProps {
  page: AlertPage | null;
  inbox: { state: string; group: string };
  chosen: AlertRow[];
  clear: () => void;
}

export function AlertTools({ page, inbox, chosen, clear }: AlertToolsProps) {
  if (chosen.length > 0) return <Bulk chosen={chosen} clear={clear} />;
  return (
    <div class="tools">
      <div class="range" role="group" aria-label="Which alerts">
        {kStates.map((state) => (
          <button key={state} type="button" aria-pressed={inbox.state === state} onClick={() => setQuery({ state: state === "open" ? null : state })}>
            {state}
          </button>
        ))}
      </div>
      <label class="field">
        <span>group by</span>
        <select value={inbox.group} onChange={(event) => setQuery({ group: event.currentTarget.value === "none" ? null : event.currentTarget.value })}>
          {kGroups.map((group) => (
            <option key={group} value={group}>
              {group}
            </option>
          ))}
        </select>
      </label>
      {page && <span class="muted">{page.total.toLocaleString("en-US")} episodes</span>}
      <span class="spring" />
      <Telling />
      <Mutes />
    </div>
  );
}

function Telling() {
  const sound = () => {
    wantsSound.value = !wantsSound.value;
    if (wantsSound.value) playAlarm();
  };
  const notify = async () => {
    if (wantsNotification.value) wantsNotification.value = false;
    else if (!(await enableNotifications())) say("The browser does not allow notifications for this page; its settings can.", true);
  };
  return (
    <>
      <button type="button" aria-pressed={wantsSound.value} title="A sound for each new severe episode" onClick={sound}>
        <Icon name="mute" /> Sound
      </button>
      <button type="button" aria-pressed={wantsNotification.value} title="A notification for each new severe episode" onClick={() => void notify()}>
        <Icon name="bell" /> Notify
      </button>
    </>
  );
}

function Bulk({ chosen, clear }: { chosen: AlertRow[]; clear: () => void }) {
  const isJudging = useSignal(false);
  const numbers = chosen.map((alert) => alert.number);
  const labels = new Set(chosen.map((alert) => alert.label));
  const run = (action: "archive" | "reopen" | "escalate") => void act(numbers, action).then((isDone) => isDone && clear());
  if (!isAnalyst.value) return null;
  return (
    <div class="tools is-bulk" role="toolbar" aria-label="Selected alerts">
      <b>{chosen.length} selected</b>
      <button type="button" onClick={() => run("archive")}>
        <Icon name="archive" /> Archive <kbd>e</kbd>
      </button>
      {chosen.some((alert) => alert.state === "archived") && (
        <button type="button" onClick={() => run("reopen")}>
          Reopen
        </button>
      )}
      <button type="button" onClick={() => run("escalate")}>
        <Icon name="escalate" /> Escalate
      </button>
      <button type="button" onClick={() => (isJudging.value = true)}>
        False alarm or other class…
      </button>
      <span class="spring" />
      <button type="button" class="quiet" onClick={clear}>
        Clear
      </button>
      {isJudging.value && (
        <VerdictDialog
          numbers={numbers}
          label={labels.size === 1 ? (chosen[0]?.label ?? null) : null}
          close={() => {
            isJudging.value = false;
            clear();
          }}
        />
      )}
    </div>
  );
}
