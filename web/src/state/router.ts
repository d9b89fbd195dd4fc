// The URL is the state: a path for the page, a query for what it shows. History API, no hash.
import { computed, signal } from "@preact/signals";
import { type View, queryOf, viewOf } from "./view";

interface Place {
  path: string;
  query: URLSearchParams;
}

const read = (): Place => ({ path: window.location.pathname, query: new URLSearchParams(window.location.search) });

export const place = signal<Place>(read());
export const view = computed<View>(() => viewOf(place.value.query));

window.addEventListener("popstate", () => {
  place.value = read();
});

type Changes = Record<string, string | null | undefined>;

export function urlOf(path: string, query: Changes = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value) params.set(key, value);
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

export function go(url: string, replace = false): void {
  if (url === window.location.pathname + window.location.search) return;
  window.history[replace ? "replaceState" : "pushState"](null, "", url);
  const before = place.value.path;
  place.value = read();
  if (before !== place.value.path) window.scrollTo(0, 0);
}

/** Change some keys of the query and keep the others. */
export function setQuery(changes: Changes, replace = false): void {
  const query: Changes = Object.fromEntries(place.value.query);
  go(urlOf(place.value.path, { ...query, ...changes }), replace);
}

export function setView(changes: Partial<View>, replace = false): void {
  setQuery(queryOf({ ...view.value, ...changes }), replace);
}

/** The address of another page that looks at the same filter and span. */
export function sameView(path: string, changes: Partial<View> = {}): string {
  return urlOf(path, queryOf({ ...view.value, ...changes }));
}
