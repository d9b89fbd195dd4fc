// The table of the inbox's columns: name, how it sorts, how a cell is shown.
import type { ComponentChildren } from "preact";
import type { AlertRow } from "../api/types";
import { FilterBy } from "../parts/filter_by";
import { Link } from "../parts/link";
import { SeverityMark } from "../parts/severity";
import { Endpoint, Time, Value } from "../parts/values";
import { ClassMark } from "../parts/verdict";
import { secondsOf } from "../times";

export interface AlertColumn {
  name: string;
  /** Key of `sort`; the first press sorts descending. */
  sort?: string;
  isNumber?: boolean;
  /** Left out on a phone. */
  isWide?: boolean;
  hint?: string;
  cell: (alert: AlertRow) => ComponentChildren;
}

export const kAlertColumns: AlertColumn[] = [
  {
    name: "Severity",
    sort: "severity",
    cell: (alert) => (
      <Link to={`/alerts/${alert.number}`} label={`Alert ${alert.number}, ${alert.severity}`}>
        <SeverityMark severity={alert.severity} isNamed />
      </Link>
    ),
  },
  { name: "Began", sort: "time", cell: (alert) => <Time at={alert.first} /> },
  {
    name: "Class",
    sort: "label",
    cell: (alert) => (
      <span class="verdict">
        <ClassMark label={alert.label} />
        <FilterBy field="class" value={alert.label} />
      </span>
    ),
  },
  { name: "Source", cell: (alert) => <Party field="src" address={alert.source} count={alert.sources} /> },
  { name: "Target", cell: (alert) => <Party field="dst" address={alert.destination} port={alert.destination_port} count={alert.targets} /> },
  { name: "Flows", sort: "flows", isNumber: true, cell: (alert) => <Value of={alert.flows} as="count" /> },
  { name: "Packets", sort: "packets", isNumber: true, isWide: true, cell: (alert) => <Value of={alert.packets} as="count" /> },
  { name: "Bytes", sort: "bytes", isNumber: true, isWide: true, cell: (alert) => <Value of={alert.bytes} as="bytes" /> },
  {
    name: "Lasted",
    isNumber: true,
    isWide: true,
    hint: "From its first flow to its last so far",
    cell: (alert) => <Value of={secondsOf(alert.last) - secondsOf(alert.first)} as="seconds" />,
  },
  { name: "Probability", sort: "probability", isNumber: true, isWide: true, cell: (alert) => <Value of={alert.probability} as="share" /> },
  { name: "State", cell: (alert) => <State alert={alert} /> },
];

function Party({ field, address, port, count }: { field: string; address: string; port?: number | null; count: number }) {
  return (
    <>
      <FilterBy field={field} value={address}>
        <Endpoint address={address} port={port ?? null} />
      </FilterBy>
      {count > 1 && <span class="muted" title={`${count} in all`}> +{count - 1}</span>}
    </>
  );
}

export function State({ alert }: { alert: AlertRow }) {
  return (
    <span class="alert-state">
      {alert.is_open && (
        <span class="growing" title="It still grows">
          <i class="dot" /> growing
        </span>
      )}
      {alert.escalated && <b class="escalated">escalated</b>}
      {alert.feedback && (
        <span class="muted" title={`said by ${alert.feedback.user}`}>
          {alert.feedback.is_right ? "right" : `was ${alert.feedback.label ?? "no alarm"}`}
        </span>
      )}
      {alert.state === "archived" && <span class="muted">archived</span>}
    </span>
  );
}
