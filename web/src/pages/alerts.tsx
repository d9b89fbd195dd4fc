// The inbox of alert episodes: sort, group, select, and act on what is selected.
import { useSignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { get } from "../api/client";
import type { AlertPage as Page, AlertRow } from "../api/types";
import { filterError } from "../parts/filter_box";
import { Empty, Read } from "../parts/states";
import { attempt } from "../parts/toasts";
import { alertsChanged, status } from "../state/live";
import { useListKeys } from "../state/list_keys";
import { type Resource, useResource } from "../state/resource";
import { go, place, setView, view } from "../state/router";
import { may } from "../state/session";
import { act } from "../state/triage";
import { spanOf } from "../state/view";
import { AlertTable } from "./alert_table";
import { AlertTools } from "./alert_tools";
import { shownOrder } from "./alert_groups";

const kPage = 100;

/** What the URL says besides filter and span. The inbox shows all that is open unless a span was zoomed into. */
function useInbox() {
  const query = place.value.query;
  const inbox = {
    state: query.get("state") ?? "open",
    sort: query.get("sort") ?? "-time",
    group: query.get("group") ?? "none",
    filter: view.value.filter,
    ...(view.value.zoom ? spanOf(view.value) : {}),
  };
  return inbox;
}

export function AlertsPage() {
  const inbox = useInbox();
  const page = useResource<Page>("/alerts", { ...inbox, limit: kPage }, alertsChanged.value, 2000);
  const [more, setMore] = useState<{ key: string; alerts: AlertRow[]; next: string | null } | null>(null);
  const key = JSON.stringify(inbox);
  const extra = more?.key === key ? more : null;
  const next = extra ? extra.next : (page.data?.next ?? null);
  const alerts = joined(page.data?.alerts ?? [], extra?.alerts ?? []);
  const readMore = () =>
    attempt(async () => {
      const fresh = await get<Page>("/alerts", { ...inbox, limit: kPage, cursor: next });
      setMore({ key, alerts: [...(extra?.alerts ?? []), ...fresh.alerts], next: fresh.next });
    }, "");

  const selected = useSignal<ReadonlySet<number>>(new Set());
  const current = useSignal<number | null>(null);
  const order = shownOrder(alerts, page.data?.groups ?? [], inbox.group);
  useKeysOf(order, selected, current);
  useFilterError(page);
  const chosen = alerts.filter((alert) => selected.value.has(alert.number));
  return (
    <div class="alerts">
      <AlertTools page={page.data} inbox={inbox} chosen={chosen} clear={() => (selected.value = new Set())} />
      <Read of={page.error?.status === 400 ? { ...page, data: page.data ?? kNoAlerts } : page} lines={12}>
        {(data) =>
          alerts.length === 0 ? (
            <NoAlerts state={inbox.state} />
          ) : (
            <>
              <AlertTable alerts={alerts} groups={data.groups} inbox={inbox} selected={selected} current={current} />
              {next && (
                <button type="button" class="more" onClick={() => void readMore()}>
                  Show more: {alerts.length} of {data.total}
                </button>
              )}
            </>
          )
        }
      </Read>
    </div>
  );
}

const kNoAlerts: Page = { alerts: [], groups: [], next: null, total: 0 };

function joined(first: AlertRow[], rest: AlertRow[]): AlertRow[] {
  const known = new Set(first.map((alert) => alert.number));
  return [...first, ...rest.filter((alert) => !known.has(alert.number))];
}

function useFilterError(page: Resource<Page>): void {
  useEffect(() => {
    filterError.value = page.error?.status === 400 ? { message: page.error.message, at: page.error.at } : null;
    return () => (filterError.value = null);
  }, [page.error]);
}

type Selection = { value: ReadonlySet<number> };

function useKeysOf(order: AlertRow[], selected: Selection, current: { value: number | null }): void {
  const index = order.findIndex((alert) => alert.number === current.value);
  const move = (to: number) => {
    const alert = order[Math.max(0, Math.min(order.length - 1, to))];
    if (!alert) return;
    current.value = alert.number;
    document.getElementById(`alert-${alert.number}`)?.scrollIntoView({ block: "nearest" });
  };
  useListKeys({
    next: () => move(index + 1),
    previous: () => move(index - 1),
    open: () => index >= 0 && go(`/alerts/${current.value}`),
    select: () => {
      const number = order[index]?.number;
      if (number === undefined) return;
      const changed = new Set(selected.value);
      if (!changed.delete(number)) changed.add(number);
      selected.value = changed;
    },
    archive: () => {
      if (!may("analyst")) return;
      const numbers = selected.value.size ? [...selected.value] : index >= 0 ? [order[index]?.number ?? 0] : [];
      void act(numbers, "archive").then((isDone) => {
        if (!isDone) return;
        selected.value = new Set();
        const after = order.slice(index).find((alert) => !numbers.includes(alert.number));
        current.value = after?.number ?? null;
      });
    },
  });
}

function NoAlerts({ state }: { state: string }) {
  if (view.value.filter || view.value.zoom) {
    return (
      <Empty title="No alert matches">
        <button type="button" onClick={() => setView({ filter: "", zoom: null })}>
          Show all
        </button>
      </Empty>
    );
  }
  const flows = status.value?.totals.flows_ended ?? 0;
  const seen = flows > 0 ? `${flows.toLocaleString("en-US")} flows were judged so far.` : "No flow was judged so far.";
  return <Empty title={state === "open" ? "No open alert" : "No alert here"}>{seen}</Empty>;
}
