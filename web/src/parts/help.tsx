// The help of the keyboard, drawn from the table of shortcuts.
import { kShortcuts } from "../keyboard";
import { helpIsOpen } from "../state/list_keys";
import { Dialog } from "./dialog";

export function Help() {
  if (!helpIsOpen.value) return null;
  return (
    <Dialog title="Keyboard" close={() => (helpIsOpen.value = false)}>
      <dl class="keys">
        {kShortcuts.map(({ keys, help }) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{help}</dd>
          </div>
        ))}
      </dl>
      <p class="muted">Click a class, an address or a protocol to filter by it; with Shift to leave it out. Drag over a chart to zoom, which pauses live.</p>
    </Dialog>
  );
}
