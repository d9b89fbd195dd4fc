// Dark or light: the system's choice unless the person made one. Charts are drawn by colours read from here.
import { computed, effect, signal } from "@preact/signals";
import { stored } from "./stored";

export type Theme = "dark" | "light";
type Choice = Theme | "system";

const isChoice = (value: unknown): value is Choice => value === "dark" || value === "light" || value === "system";
const systemIsLight = window.matchMedia("(prefers-color-scheme: light)");
const system = signal<Theme>(systemIsLight.matches ? "light" : "dark");
systemIsLight.addEventListener("change", (event) => {
  system.value = event.matches ? "light" : "dark";
});

export const themeChoice = stored<Choice>("theme", "system", isChoice);
export const theme = computed<Theme>(() => (themeChoice.value === "system" ? system.value : themeChoice.value));

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});

export function toggleTheme(): void {
  themeChoice.value = theme.value === "dark" ? "light" : "dark";
}

/** The value of a CSS variable as the current theme has it. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
