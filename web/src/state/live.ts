// The live feed: one EventSource for the whole page. It reconnects by itself; a page that was away reads anew what it shows.
import { computed, signal } from "@preact/signals";
import { get } from "../api/client";
import type { AlertRow, Capture, FlowRow, Job, Notice, Series, Session, Status } from "../api/types";
import { secondsOf } from "../times";
import { onNewAlert } from "./alarms";
import { type Columns, append, columnsOf, emptyColumns, kMostPoints } from "./series";
import { enter } from "./session";

export type Connection = "connecting" | "live" | "offline";

export const connection = signal<Connection>("connecting");
export const status = signal<Status | null>(null);
export const capture = signal<Capture | null>(null);
/** They have no id yet; `key` tells them apart on this page. */
export type LiveFlow = FlowRow & { key: number };
export const latestFlows = signal<LiveFlow[]>([]);
let lastKey = 0;
export const jobs = signal<Job[]>([]);
export const notices = signal<Notice[]>([]);
/** Raised with each alert that came or changed, and with each return from being offline: lists read anew. */
export const alertsChanged = signal(0);
export const reconnected = signal(0);

/** The last hour; the object stays, `columnsVersion` says that it changed. */
let columns: Columns = emptyColumns();
export const columnsVersion = signal(0);
export const liveColumns = (): Columns => columns;
export const hasLoss = computed(() => lossOf(status.value) > 0);

/** Of a replay of older packets: the time of its newest flow. Null: flows are of now. */
export const replayTime = signal<string | null>(null);
const kOldSeconds = 600;

function replayTimeOf(flows: FlowRow[]): string | null {
  const newest = flows.reduce((most, flow) => (flow.last > most ? flow.last : most), "");
  const now = status.peek()?.time;
  if (!newest || !now) return replayTime.peek();
  return secondsOf(now) - secondsOf(newest) > kOldSeconds ? newest : null;
}

const labelList = computed(() => (status.value?.classes ?? []).map((each) => each.label).sort().join("\n"));
/** The classes that the sensor tells apart; changes only when they do, not with every status. */
export const classLabels = computed(() => (labelList.value ? labelList.value.split("\n") : []));
/** Seconds that the server has run, in steps: what reads anew every few seconds follows it. */
export const uptime = computed(() => Math.floor((status.value?.uptime ?? 0) / 2));

export function lossOf(from: Status | null): number {
  return from ? from.totals.packets_dropped : 0;
}

const kMostFlows = 200;
const kMostNotices = 20;
const kSilenceMs = 10_000;

const kHandlers: Record<string, (data: never) => void> = {
  status: (data: Status) => {
    status.value = data;
    capture.value = data.capture;
    columns = append(columns, data, 1);
    columnsVersion.value += 1;
  },
  alert: (data: AlertRow) => {
    alertsChanged.value += 1;
    onNewAlert(data);
  },
  episode: () => {
    alertsChanged.value += 1;
  },
  flows: (data: { flows: FlowRow[] }) => {
    replayTime.value = replayTimeOf(data.flows);
    latestFlows.value = [...data.flows.map((flow) => ({ ...flow, key: ++lastKey })), ...latestFlows.value].slice(0, kMostFlows);
  },
  notice: (data: Notice) => {
    notices.value = [data, ...notices.value].slice(0, kMostNotices);
  },
  job: (data: Job) => {
    const others = jobs.value.filter((job) => job.id !== data.id);
    jobs.value = [data, ...others].sort((a, b) => ((a.started ?? "9") < (b.started ?? "9") ? 1 : -1));
  },
  capture: (data: Capture) => {
    capture.value = data;
  },
  reset: () => {
    reconnected.value += 1;
  },
};

let source: EventSource | null = null;
let wait = 1000;
let retry: ReturnType<typeof setTimeout> | undefined;
let watchdog: ReturnType<typeof setTimeout> | undefined;

export function connect(): void {
  disconnect();
  source = new EventSource("/api/events");
  source.onopen = () => {
    const wasOffline = connection.value === "offline";
    connection.value = "live";
    wait = 1000;
    if (wasOffline) void comeBack();
    listen();
  };
  source.onerror = () => {
    connection.value = "offline";
    // The browser tries again by itself after a broken connection, but not after an error from the server.
    if (source?.readyState === EventSource.CLOSED) later();
  };
  for (const [name, handle] of Object.entries(kHandlers)) {
    source.addEventListener(name, (event) => {
      listen();
      handle(JSON.parse((event as MessageEvent<string>).data) as never);
    });
  }
}

export function disconnect(): void {
  clearTimeout(retry);
  clearTimeout(watchdog);
  source?.close();
  source = null;
}

/** Status comes every second; a feed that is silent for long is dead, whatever TCP believes. */
function listen(): void {
  clearTimeout(watchdog);
  watchdog = setTimeout(() => {
    connection.value = "offline";
    later();
  }, kSilenceMs);
}

function later(): void {
  disconnect();
  retry = setTimeout(() => {
    void get<Session>("/session").then(
      (fresh) => {
        enter(fresh);
        if (fresh.user) connect();
      },
      () => later(),
    );
  }, wait);
  wait = Math.min(wait * 2, 15_000);
}

async function comeBack(): Promise<void> {
  reconnected.value += 1;
  // The server may be another process by now, with another session's token.
  await get<Session>("/session").then(enter, () => undefined);
  await loadColumns();
}

/** Fill the charts with the hour before this page was opened. */
export async function loadColumns(): Promise<void> {
  const series = await get<Series>("/series", { from: `-${kMostPoints}s`, step: 1 }).catch(() => null);
  if (!series) return;
  const fresh = columnsOf(series);
  const newest = status.value;
  columns = newest ? append(fresh, newest, 1) : fresh;
  columnsVersion.value += 1;
}

export async function start(): Promise<void> {
  connect();
  const [now, running] = await Promise.all([
    get<Status>("/status").catch(() => null),
    get<{ jobs: Job[] }>("/jobs").catch(() => ({ jobs: [] })),
    loadColumns(),
  ]);
  status.value ??= now;
  capture.value ??= now?.capture ?? null;
  jobs.value = running.jobs;
}
