// The table of the inbox, in groups where wanted. A row opens its alert; a box selects it.
import type { Signal } from "@preact/signals";
import { Fragment } from "preact";
import type { AlertGroup, AlertRow } from "../api/types";
import { Time } from "../parts/values";
import { go, setQuery } from "../state/router";
import { isAnalyst } from "../state/session";
import { kAlertColumns } from "./alert_columns";
import { grouped } from "./alert_groups";

interface AlertTableProps {
  alerts: AlertRow[];
  groups: AlertGroup[];
  inbox: { sort: string; group: string };
  selected: Signal<ReadonlySet<number>>;
  current: Signal<number | null>;
}

export function AlertTable({ alerts, groups, inbox, selected, current }: AlertTableProps) {
  const choose = (numbers: number[], isOn: boolean) => {
    const changed = new Set(selected.value);
    for (const number of numbers) isOn ? changed.add(number) : changed.delete(number);
    selected.value = changed;
  };
  const box = (list: AlertRow[], label: string) => {
    const numbers = list.map((alert) => alert.number);
    const isOn = numbers.length > 0 && numbers.every((number) => selected.value.has(number));
    return (
      <td class="box" onClick={(event) => event.stopPropagation()}>
        <input type="checkbox" aria-label={label} checked={isOn} onChange={(event) => choose(numbers, event.currentTarget.checked)} />
      </td>
    );
  };
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Alerts">
      <table class="rows inbox">
        <thead>
          <tr>
            {isAnalyst.value && box(alerts, "Select all")}
            {kAlertColumns.map((column) => (
              <Header key={column.name} sort={inbox.sort} column={column} />
            ))}
          </tr>
        </thead>
        <tbody>
          {grouped(alerts, groups, inbox.group).map(({ group, alerts: members }) => (
            <Fragment key={group?.key ?? ""}>
              {group && (
                <tr class="group">
                  {isAnalyst.value && box(members, `Select all of ${group.key}`)}
                  <th scope="rowgroup" colSpan={kAlertColumns.length}>
                    {group.key} <span class="muted">{group.alerts} alerts, the latest at </span>
                    <Time at={group.latest} />
                  </th>
                </tr>
              )}
              {members.map((alert) => (
                <tr
                  key={alert.number}
                  id={`alert-${alert.number}`}
                  class={`is-link ${alert.number === current.value ? "is-current" : ""} ${selected.value.has(alert.number) ? "is-selected" : ""}`}
                  onClick={() => go(`/alerts/${alert.number}`)}
                >
                  {isAnalyst.value && box([alert], `Select alert ${alert.number}`)}
                  {kAlertColumns.map((column) => (
                    <td key={column.name} class={classOf(column)}>
                      {column.cell(alert)}
                    </td>
                  ))}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The name of the column as a class: on a phone a row is laid out in two lines. */
function classOf(column: { name: string; isNumber?: boolean; isWide?: boolean }): string {
  return `of-${column.name.toLowerCase()} ${column.isNumber ? "number" : ""} ${column.isWide ? "on-wide" : ""}`;
}

function Header({ sort, column }: { sort: string; column: (typeof kAlertColumns)[number] }) {
  const isDescending = sort === `-${column.sort}`;
  const isAscending = sort === column.sort;
  const press = () => setQuery({ sort: isDescending ? (column.sort ?? null) : `-${column.sort}` });
  const direction = isDescending ? "descending" : isAscending ? "ascending" : undefined;
  return (
    <th scope="col" class={classOf(column)} title={column.hint} aria-sort={direction}>
      {column.sort ? (
        <button type="button" class="sort" onClick={press}>
          {column.name} {isDescending ? "↓" : isAscending ? "↑" : ""}
        </button>
      ) : (
        column.name
      )}
    </th>
  );
}
