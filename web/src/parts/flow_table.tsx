// A table of any number of flows of which only the rows in sight are elements of the page. Rows have one height.
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { FlowRow } from "../api/types";
import { shownColumns } from "./flow_columns";
import { useListKeys } from "../state/list_keys";
import { isNarrow } from "../state/narrow";
import { windowOf } from "../state/window";
import { FlowDrawer } from "./flow_drawer";
import { Endpoint, Time, Value } from "./values";
import { Verdict } from "./verdict";

const kRowHeight = 28;
const kNarrowRowHeight = 52;

interface FlowTableProps {
  rows: FlowRow[];
  sort: string;
  onSort?: (sort: string) => void;
  /** j, k and Enter walk along this table. */
  hasKeys?: boolean;
  /** Called when the last rows come in sight. */
  onEnd?: () => void;
}

export function FlowTable({ rows, sort, onSort, onEnd, hasKeys = false }: FlowTableProps) {
  const body = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(600);
  const current = useSignal(-1);
  const open = useSignal<number | null>(null);
  const columns = shownColumns();
  const rowHeight = isNarrow.value ? kNarrowRowHeight : kRowHeight;
  const template = columns.map((column) => column.width).join(" ");
  const inSight = windowOf(top.value, height.value, rowHeight, rows.length);

  useLayoutEffect(() => {
    const element = body.current;
    if (!element) return;
    const measure = new ResizeObserver(() => (height.value = element.clientHeight));
    measure.observe(element);
    return () => measure.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (inSight.end >= rows.length && rows.length > 0) onEnd?.();
  }, [inSight.end, rows.length]);

  const move = (by: number) => {
    current.value = Math.max(0, Math.min(rows.length - 1, current.value + by));
    const element = body.current;
    if (!element) return;
    const at = current.value * rowHeight;
    if (at < element.scrollTop) element.scrollTop = at;
    if (at + 3 * rowHeight > element.scrollTop + element.clientHeight) element.scrollTop = at + 3 * rowHeight - element.clientHeight;
  };
  const keys = {
    next: () => move(1),
    previous: () => move(-1),
    open: () => (open.value = rows[current.value]?.id ?? null),
  };
  useListKeys(hasKeys ? keys : null);

  return (
    <div
      class="flow-table"
      ref={body}
      role="table"
      aria-label="Flows"
      aria-rowcount={rows.length + 1}
      tabIndex={0}
      onScroll={(event) => (top.value = event.currentTarget.scrollTop)}
    >
      <div role="rowgroup" class={`head ${isNarrow.value ? "hidden" : ""}`}>
        <div role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
          {columns.map((column) => (
            <Header key={column.name} column={column} sort={sort} onSort={onSort} />
          ))}
        </div>
      </div>
      <div role="rowgroup" class="body" style={{ height: `${rows.length * rowHeight}px` }}>
        {rows.slice(inSight.begin, inSight.end).map((flow, at) => {
          const index = inSight.begin + at;
          return (
            <div
              key={flow.id ?? undefined}
              role="row"
              aria-rowindex={index + 2}
              class={index === current.value ? "is-current" : ""}
              style={{ gridTemplateColumns: isNarrow.value ? "minmax(0, 1fr)" : template, transform: `translateY(${index * rowHeight}px)` }}
              onClick={() => {
                current.value = index;
                open.value = flow.id;
              }}
            >
              {isNarrow.value ? <NarrowCells flow={flow} /> : <Cells columns={columns} flow={flow} />}
            </div>
          );
        })}
      </div>
      {open.value && <FlowDrawer key={open.value} id={open.value} close={() => (open.value = null)} />}
    </div>
  );
}

function Cells({ columns, flow }: { columns: Column[]; flow: FlowRow }) {
  return (
    <>
      {columns.map((column) => (
        <div key={column.name} role="cell" class={column.isNumber ? "number" : ""}>
          {column.cell(flow)}
        </div>
      ))}
    </>
  );
}

function NarrowCells({ flow }: { flow: FlowRow }) {
  return (
    <div role="cell" class="narrow">
      <Verdict flow={flow} />
      <Value of={flow.bytes_forward + flow.bytes_backward} as="bytes" />
      <Time at={flow.first} />
      <span class="ends">
        <Endpoint address={flow.source} port={flow.source_port} /> → <Endpoint address={flow.destination} port={flow.destination_port} />
      </span>
    </div>
  );
}

type Column = ReturnType<typeof shownColumns>[number];

function Header({ column, sort, onSort }: { column: Column; sort: string; onSort: ((sort: string) => void) | undefined }) {
  const isDescending = sort === `-${column.sort}`;
  const isAscending = sort === column.sort;
  return (
    <div
      role="columnheader"
      class={column.isNumber ? "number" : ""}
      aria-sort={column.sort && onSort ? (isDescending ? "descending" : isAscending ? "ascending" : "none") : undefined}
    >
      {column.sort && onSort ? (
        <button type="button" class="sort" onClick={() => onSort(isDescending ? (column.sort ?? "") : `-${column.sort}`)}>
          {column.title} {isDescending ? "↓" : isAscending ? "↑" : ""}
        </button>
      ) : (
        column.title
      )}
    </div>
  );
}
