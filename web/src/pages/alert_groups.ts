// Alerts by class, source or target, in the order of the groups. Pure; tested in tests/groups.test.ts.
import type { AlertGroup, AlertRow } from "../api/types";

const kKeyOf: Record<string, (alert: AlertRow) => string> = {
  class: (alert) => alert.label,
  source: (alert) => alert.source,
  target: (alert) => alert.destination,
};

export interface Group {
  /** Null: not grouped. */
  group: AlertGroup | null;
  alerts: AlertRow[];
}

export function grouped(alerts: AlertRow[], groups: AlertGroup[], by: string): Group[] {
  const keyOf = kKeyOf[by];
  if (!keyOf) return [{ group: null, alerts }];
  const members = new Map<string, AlertRow[]>(groups.map((group) => [group.key, []]));
  for (const alert of alerts) {
    const key = keyOf(alert);
    const list = members.get(key);
    if (list) list.push(alert);
    else members.set(key, [alert]);
  }
  const known = new Map(groups.map((group) => [group.key, group]));
  return [...members].map(([key, list]) => ({
    group: known.get(key) ?? { key, alerts: list.length, latest: list[0]?.time ?? "" },
    alerts: list,
  }));
}

/** The rows from top to bottom as the table shows them: what j and k walk along. */
export function shownOrder(alerts: AlertRow[], groups: AlertGroup[], by: string): AlertRow[] {
  return grouped(alerts, groups, by).flatMap((group) => group.alerts);
}
