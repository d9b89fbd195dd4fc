// The table of keyboard shortcuts; the help dialog is drawn from it.
import { kPages } from "./routes";
import { KeyMatcher } from "./state/keys";
import { closeInnermost, helpIsOpen, listKeys } from "./state/list_keys";
import { go, sameView } from "./state/router";

interface Shortcut {
  keys: string;
  help: string;
  run: () => void;
}

const kNavigation: Shortcut[] = kPages
  .filter((page) => page.key)
  .map((page) => ({ keys: `g ${page.key}`, help: `Go to ${page.title}`, run: () => go(sameView(page.path)) }));

export const kShortcuts: Shortcut[] = [
  { keys: "?", help: "This help", run: () => (helpIsOpen.value = !helpIsOpen.value) },
  { keys: "/", help: "Search: the filter", run: () => document.getElementById("filter")?.focus() },
  ...kNavigation,
  { keys: "j", help: "Next row", run: () => listKeys.value?.next() },
  { keys: "k", help: "Previous row", run: () => listKeys.value?.previous() },
  { keys: "Enter", help: "Open the row", run: () => listKeys.value?.open?.() },
  { keys: "x", help: "Select the row", run: () => listKeys.value?.select?.() },
  { keys: "e", help: "Archive the alert, or those selected", run: () => listKeys.value?.archive?.() },
  { keys: "esc", help: "Close, back to live, leave the search", run: escape },
];

function escape(): void {
  const active = document.activeElement;
  if (active instanceof HTMLElement && active.matches("input, textarea, select")) active.blur();
  else closeInnermost();
}

const matcher = new KeyMatcher(new Set(kShortcuts.map((shortcut) => shortcut.keys)));

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
}

/** Enter belongs to a focused button or link; an open dialog has keys of its own. */
function isTaken(event: KeyboardEvent): boolean {
  if (!(event.target instanceof HTMLElement)) return false;
  if (event.key === "Enter" && event.target.matches("a, button, summary, [role=button]")) return true;
  return event.target.closest("dialog") !== null && event.key !== "?";
}

export function installKeyboard(): void {
  window.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || isTaken(event)) return;
    const keys = matcher.press({
      key: event.key,
      isModified: event.ctrlKey || event.altKey || event.metaKey,
      isTyping: isTyping(event.target),
      at: event.timeStamp,
    });
    const shortcut = kShortcuts.find((each) => each.keys === keys);
    if (!shortcut) return;
    event.preventDefault();
    shortcut.run();
  });
}
