// What keys act upon: the list on the page, and what Escape closes. Pages set it, keyboard.ts reads it.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

export interface ListKeys {
  next: () => void;
  previous: () => void;
  open?: () => void;
  select?: () => void;
  archive?: () => void;
}

export const listKeys = signal<ListKeys | null>(null);
export const helpIsOpen = signal(false);

/** What Escape closes, the innermost last. */
const closers: (() => void)[] = [];

export function closeInnermost(): boolean {
  const close = closers.at(-1);
  close?.();
  return close !== undefined;
}

/** While `isOpen`, Escape calls `close`. */
export function useEscape(close: () => void, isOpen: boolean): void {
  useEffect(() => {
    if (!isOpen) return;
    closers.push(close);
    return () => {
      closers.splice(closers.lastIndexOf(close), 1);
    };
  }, [close, isOpen]);
}

/** Null: this list leaves the keys to another one on the page. */
export function useListKeys(keys: ListKeys | null): void {
  useEffect(() => {
    if (!keys) return;
    listKeys.value = keys;
    return () => {
      if (listKeys.peek() === keys) listKeys.value = null;
    };
  });
}
