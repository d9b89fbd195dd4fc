// What is looked at: a filter and a span of time, both kept in the URL so that back, reload and a link sent to a colleague
// show the same. Pure; tested in tests/view.test.ts.
import { rangeSeconds, rfc3339, secondsOf } from "../times";

export const kRanges = ["5m", "15m", "1h", "6h", "24h", "7d"] as const;
export const kDefaultRange = "15m";

export interface View {
  filter: string;
  range: string;
  /** A span chosen by zooming: live is paused. */
  zoom: { from: string; to: string } | null;
}

export function viewOf(query: URLSearchParams): View {
  const from = query.get("from");
  const to = query.get("to");
  const range = query.get("range") ?? kDefaultRange;
  const zoomed = from !== null && to !== null && Date.parse(from) < Date.parse(to);
  return {
    filter: query.get("q") ?? "",
    range: rangeSeconds(range) ? range : kDefaultRange,
    zoom: zoomed ? { from, to } : null,
  };
}

/** Only what differs from the default, so that plain pages have plain URLs. */
export function queryOf(view: View): Record<string, string | null> {
  return {
    q: view.filter.trim() || null,
    range: view.range === kDefaultRange ? null : view.range,
    from: view.zoom?.from ?? null,
    to: view.zoom?.to ?? null,
  };
}

/**
 * The span in the API's words; `to` of a live view is left out: it is now. Flows of a replay carry the times of its
 * packets, long ago maybe: then now is `replayTime`, the time of its newest flow.
 */
export function spanOf(view: View, replayTime: string | null = null): { from: string; to?: string } {
  if (view.zoom) return { from: view.zoom.from, to: view.zoom.to };
  if (replayTime === null) return { from: `-${view.range}` };
  return { from: rfc3339(secondsOf(replayTime) - (rangeSeconds(view.range) ?? 0)), to: replayTime };
}

/** A value as the filter language wants it: quoted where it would not be read as one word. */
export function quoted(value: string): string {
  if (/^[^\s()":<>=\\-][^\s()"<>=\\]*$/.test(value) && !/^(or|and|not)$/i.test(value)) return value;
  return `"${value.replace(/[\\"]/g, "\\$&")}"`;
}

export function term(field: string, value: string | number): string {
  return `${field}:${typeof value === "number" ? String(value) : quoted(value)}`;
}

/** The terms of a filter as they stand at its top level; null where it has parentheses or `or`, which are left alone. */
export function topTerms(filter: string): string[] | null {
  const terms: string[] = [];
  const word = /\s*((?:not\s+|-)?(?:[a-z.]+(?::|>=|<=|>|<|=))?(?:"(?:[^"\\]|\\.)*"|[^\s()"]+))/giy;
  while (word.lastIndex < filter.trimEnd().length) {
    const match = word.exec(filter);
    if (!match?.[1] || /^or$/i.test(match[1])) return null;
    if (!/^and$/i.test(match[1])) terms.push(match[1].replace(/\s+/g, " "));
  }
  return terms;
}

/**
 * The filter with one more term. A term already there is not repeated; its opposite is replaced, and so is another value
 * of the same field, for no flow has two classes.
 */
export function withTerm(filter: string, added: string): string {
  const terms = topTerms(filter);
  if (terms === null) return `(${filter.trim()}) ${added}`;
  const field = /^[a-z.]+:/i.exec(added)?.[0];
  const kept = terms.filter((each) => bare(each) !== bare(added) && (!field || !each.startsWith(field)));
  return [...kept, added].join(" ");
}

export function withoutTerm(filter: string, removed: string): string {
  return (topTerms(filter) ?? [filter]).filter((each) => each !== removed).join(" ");
}

export function hasTerm(filter: string, wanted: string): boolean {
  return (topTerms(filter) ?? []).includes(wanted);
}

function bare(each: string): string {
  return each.replace(/^(not\s+|-)/i, "");
}
