// What is muted now, until when, and by whom; a mute can be lifted.
import { useSignal } from "@preact/signals";
import { remove } from "../api/client";
import type { Mute } from "../api/types";
import { Dialog } from "../parts/dialog";
import { Icon } from "../parts/icons";
import { Read } from "../parts/states";
import { attempt } from "../parts/toasts";
import { Time } from "../parts/values";
import { alertsChanged } from "../state/live";
import { useResource } from "../state/resource";
import { isAnalyst } from "../state/session";

export function Mutes() {
  const isOpen = useSignal(false);
  const mutes = useResource<{ mutes: Mute[] }>("/mutes", {}, alertsChanged.value, 5000);
  const count = mutes.data?.mutes.length ?? 0;
  return (
    <>
      <button type="button" onClick={() => (isOpen.value = true)}>
        Mutes {count > 0 && <span class="muted">{count}</span>}
      </button>
      {isOpen.value && (
        <Dialog title="Muted" close={() => (isOpen.value = false)}>
          <Read of={mutes}>{(data) => <List mutes={data.mutes} changed={mutes.reload} />}</Read>
        </Dialog>
      )}
    </>
  );
}

function List({ mutes, changed }: { mutes: Mute[]; changed: () => void }) {
  if (mutes.length === 0) return <p class="none-yet">Nothing is muted. An alert's page can mute what is like it.</p>;
  const lift = (mute: Mute) => void attempt(() => remove(`/mutes/${mute.id}`), "The mute was lifted.").then(changed);
  return (
    <ul class="mutes">
      {mutes.map((mute) => (
        <li key={mute.id}>
          <span>
            {[mute.class, mute.source && `from ${mute.source}`, mute.target && `to ${mute.target}`].filter(Boolean).join(" ")}
            <span class="muted small">
              until <Time at={mute.expires} />, by {mute.user}
            </span>
          </span>
          {isAnalyst.value && (
            <button type="button" onClick={() => lift(mute)}>
              <Icon name="close" /> Lift
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
