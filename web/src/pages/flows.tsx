// Flows: what the filter finds in the span of time, as a table of any length.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { address } from "../api/client";
import { FlowTable } from "../parts/flow_table";
import { Icon } from "../parts/icons";
import { filterError } from "../parts/filter_box";
import { Empty, Failed, Loading } from "../parts/states";
import { Dialog } from "../parts/dialog";
import { type FlowQuery, useFlows } from "../state/flow_query";
import { replayTime } from "../state/live";
import { place, setQuery, setView, view } from "../state/router";
import { spanOf } from "../state/view";
import { kUnits, text } from "../units";
import { chosenColumns, kFlowColumns, resetColumns, toggleColumn } from "../parts/flow_columns";

const kPage = 500;

export function FlowsPage() {
  const sort = place.value.query.get("sort") ?? "-first";
  // A replay's time runs on, but the table stands until it is refreshed.
  const span = useMemo(() => spanOf(view.value, replayTime.peek()), [view.value, replayTime.value === null]);
  const asked = { ...span, filter: view.value.filter };
  const flows = useFlows("/flows", { ...asked, sort, limit: kPage });
  useEffect(() => {
    const error = flows.error;
    filterError.value = error?.status === 400 ? { message: error.message, at: error.at } : null;
    return () => (filterError.value = null);
  }, [flows.error]);
  return (
    <div class="flows">
      <Tools flows={flows} csv={address("/flows.csv", asked)} />
      <Found flows={flows} sort={sort} />
    </div>
  );
}

function Found({ flows, sort }: { flows: FlowQuery; sort: string }) {
  const { rows, error, progress } = flows;
  if (error && error.status !== 400 && rows.length === 0) return <Failed message={error.message} retry={flows.again} />;
  if (rows.length > 0) return <FlowTable rows={rows} sort={sort} onSort={(by) => setQuery({ sort: by === "-first" ? null : by })} onEnd={flows.more} hasKeys />;
  if (progress !== null) return <Loading lines={14} />;
  if (error) return null;
  return (
    <Empty title={view.value.filter ? "No flow matches" : "No flow in this span"}>
      {view.value.filter ? (
        <button type="button" onClick={() => setView({ filter: "" })}>
          Clear the filter
        </button>
      ) : (
        "A longer span may have some; a flow is kept when it has ended."
      )}
    </Empty>
  );
}

function Tools({ flows, csv }: { flows: FlowQuery; csv: string }) {
  const isChoosing = useSignal(false);
  return (
    <div class="tools">
      <Progress flows={flows} />
      <span class="spring" />
      {view.value.zoom === null && (
        <button type="button" title="Ask again: the span goes up to now" onClick={flows.again}>
          Refresh
        </button>
      )}
      <button type="button" onClick={() => (isChoosing.value = true)}>
        <Icon name="columns" /> Columns
      </button>
      <a class="button" href={csv} download title="All flows that the filter finds, as CSV">
        <Icon name="down" /> CSV
      </a>
      {isChoosing.value && <Columns close={() => (isChoosing.value = false)} />}
    </div>
  );
}

function Progress({ flows }: { flows: FlowQuery }) {
  if (flows.progress !== null) {
    return (
      <span class="searching">
        <progress value={flows.progress} max={1} aria-label="Looked through" />
        <span class="muted">{text(kUnits.count.short(flows.scanned))} flows looked through</span>
        <button type="button" onClick={flows.cancel}>
          Cancel
        </button>
      </span>
    );
  }
  if (flows.matched === null) return <span class="muted">{flows.rows.length ? "Cancelled: what was found so far" : ""}</span>;
  // The server stops at a page's end: how many there are in all is known only where there is no further page.
  return (
    <span>
      <b title={kUnits.count.exact(flows.rows.length).trim()}>{flows.rows.length.toLocaleString("en-US")}</b>{" "}
      <span class="muted">{flows.next === null ? "flows match" : "flows read, more match"}</span>
    </span>
  );
}

function Columns({ close }: { close: () => void }) {
  return (
    <Dialog title="Columns" close={close}>
      <div class="column-list">
        {kFlowColumns.map((column) => (
          <label key={column.name} class="choice">
            <input type="checkbox" checked={chosenColumns.value.includes(column.name)} onChange={() => toggleColumn(column.name)} />
            <span>{column.title}</span>
          </label>
        ))}
      </div>
      <div class="actions">
        <button type="button" onClick={resetColumns}>
          As at first
        </button>
      </div>
    </Dialog>
  );
}
