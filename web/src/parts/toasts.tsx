// Short words about what was done or went wrong; they leave by themselves, errors stay until dismissed.
import { signal } from "@preact/signals";
import { ApiError } from "../api/client";
import { Icon } from "./icons";

interface Toast {
  id: number;
  text: string;
  isError: boolean;
}

const toasts = signal<Toast[]>([]);
let next = 0;
const kShownMs = 5000;

export function say(text: string, isError = false): void {
  const id = next++;
  toasts.value = [...toasts.value.slice(-4), { id, text, isError }];
  if (!isError) setTimeout(() => drop(id), kShownMs);
}

function drop(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Runs a change; says what came of it. True where it succeeded. */
export async function attempt(change: () => Promise<unknown>, done: string): Promise<boolean> {
  try {
    await change();
    if (done) say(done);
    return true;
  } catch (error) {
    say(error instanceof ApiError ? error.message : String(error), true);
    return false;
  }
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast ${toast.isError ? "is-error" : ""}`}>
          <span>{toast.text}</span>
          <button type="button" class="quiet" aria-label="Dismiss" onClick={() => drop(toast.id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
