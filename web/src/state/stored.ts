// What this browser remembers between visits (theme, sound, columns). A browser that forbids storage only forgets.
import { type Signal, effect, signal } from "@preact/signals";

export function stored<T>(key: string, initial: T, isValid: (value: unknown) => value is T): Signal<T> {
  const name = `flowsift.${key}`;
  const kept = signal<T>(read(name, initial, isValid));
  effect(() => {
    const value = JSON.stringify(kept.value);
    try {
      window.localStorage.setItem(name, value);
    } catch {
      // Storage is full or forbidden: the choice holds for this visit.
    }
  });
  return kept;
}

function read<T>(name: string, initial: T, isValid: (value: unknown) => value is T): T {
  try {
    const value: unknown = JSON.parse(window.localStorage.getItem(name) ?? "null");
    return isValid(value) ? value : initial;
  } catch {
    return initial;
  }
}

export const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
export const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");
