// The dashboard's API as docs/openapi.yaml describes it. Times are RFC 3339 texts in UTC, durations are seconds,
// rates are per second. Change this file and the contract together.

export type Role = "viewer" | "analyst" | "admin";
export type Severity = "high" | "medium" | "low";

export interface Session {
  user: string | null;
  role: Role | null;
  csrf: string;
  needs_setup: boolean;
  /** Over TLS. */
  is_secure: boolean;
  version: string;
}

export interface User {
  user: string;
  role: Role;
  created: string;
  last_login: string | null;
}

export interface AuditEntry {
  id: number;
  time: string;
  user: string;
  address: string;
  action: string;
  detail: string;
}

export interface Capture {
  state: "stopped" | "running" | "failed";
  kind: "interface" | "file" | null;
  source: string | null;
  filter: string;
  model: string | null;
  speed: number | null;
  started: string | null;
  duration: number;
  progress: number | null;
  message: string;
}

export interface Totals {
  packets_offered: number;
  packets_received: number;
  packets_dropped: number;
  packets_in_flows: number;
  packets_other: number;
  bytes: number;
  flows_started: number;
  flows_ended: number;
  flows_live: number;
  alerts: number;
  alerts_held_back: number;
}

export interface Rates {
  packets: number;
  bits: number;
  flows: number;
  drops: number;
}

export interface ClassRate {
  label: string;
  flows: number;
  rate: number;
}

export interface Status {
  time: string;
  uptime: number;
  capture: Capture;
  totals: Totals;
  rates: Rates;
  classes: ClassRate[];
  model: { name: string; hash: string } | null;
}

/** A rate per step; null where nothing is known. */
export type Column = (number | null)[];

export interface Series {
  step: number;
  start: string;
  packets: Column;
  bits: Column;
  flows: Column;
  drops: Column;
  classes: Record<string, Column>;
  alerts: Record<Severity, Column>;
}

export interface FilterField {
  name: string;
  type: "text" | "number" | "address" | "flag";
  help: string;
  example: string;
}

export interface OverviewTotals {
  flows: number;
  packets: number;
  bytes: number;
  alerts: number;
}

export interface Share {
  name: string;
  flows: number;
  bytes: number;
}

export interface Talker {
  address: string;
  flows: number;
  bytes: number;
  before: number | null;
}

export interface Overview {
  from: string;
  to: string;
  totals: OverviewTotals;
  before: OverviewTotals | null;
  classes: { label: string; flows: number; before: number | null }[];
  severities: { severity: Severity; alerts: number; before: number | null }[];
  talkers: Talker[];
  protocols: Share[];
  applications: Share[];
}

export interface Feedback {
  is_right: boolean;
  label: string | null;
  user: string;
  time: string;
}

export interface AlertRow {
  number: number;
  time: string;
  first: string;
  last: string;
  is_open: boolean;
  state: "open" | "archived";
  escalated: boolean;
  severity: Severity;
  label: string;
  probability: number;
  technique: string | null;
  source: string;
  destination: string;
  source_port: number | null;
  destination_port: number | null;
  protocol: string;
  name: string | null;
  flows: number;
  packets: number;
  bytes: number;
  sources: number;
  targets: number;
  feedback: Feedback | null;
  model_hash: string;
  capture: string;
}

export interface AlertGroup {
  key: string;
  alerts: number;
  latest: string;
}

export interface AlertPage {
  alerts: AlertRow[];
  groups: AlertGroup[];
  next: string | null;
  total: number;
}

export interface Reason {
  feature: string;
  value: number;
  contribution: number;
  benign_low: number | null;
  benign_high: number | null;
  unit: string;
  definition: string;
}

export interface AlertDetail extends AlertRow {
  community_id: string | null;
  reasons: Reason[];
  loss: { received: number; dropped: number };
  timeline: { time: string; flows: number }[];
  peers: { address: string; flows: number }[];
  notes: string | null;
  similar: AlertRow[];
  history: { time: string; user: string; action: string; detail: string }[];
}

export type AlertAction = "archive" | "reopen" | "escalate" | "deescalate" | "feedback";

export interface Mute {
  id: number;
  class: string | null;
  source: string | null;
  target: string | null;
  expires: string;
  user: string;
  created: string;
  alert: number | null;
}

export interface FlowRow {
  /** Null: the live feed tells of it before the store has it. */
  id: number | null;
  first: string;
  last: string;
  duration: number;
  source: string;
  source_port: number;
  destination: string;
  destination_port: number;
  protocol: string;
  application: string | null;
  name: string | null;
  /** 0: none. */
  vlan: number;
  packets_forward: number;
  packets_backward: number;
  bytes_forward: number;
  bytes_backward: number;
  end: string | null;
  label: string | null;
  probability: number | null;
  is_novel: boolean;
  alert: number | null;
}

export interface FlowDetail extends FlowRow {
  community_id: string | null;
  features: { name: string; value: number | null }[] | null;
}

/** One line of the stream of /api/flows. */
export type FlowLine =
  | { progress: number; scanned: number }
  | { rows: FlowRow[] }
  | { end: true; next: string | null; matched: number }
  | { error: string };

export interface Feature {
  name: string;
  label: string;
  unit: string;
  group: string;
  definition: string;
}

export interface ModelRow {
  name: string;
  hash: string;
  created: string;
  kind: "random forest" | "xgboost";
  schema: string;
  trees: number;
  classes: string[];
  rows: number;
  bytes: number;
  macro_f1: number | null;
  fits: true | string;
}

export interface Models {
  active: string | null;
  previous: string | null;
  models: ModelRow[];
}

export interface ClassScore {
  label: string;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  support: number;
}

export interface Split {
  name: string;
  macro_f1: number | null;
  accuracy: number | null;
  classes: ClassScore[];
  confusion: number[][];
}

export interface ModelReport {
  splits: Split[];
  curves: {
    pr: { label: string; points: [number, number][] }[];
    calibration: [number, number, number][];
  };
  importance: { feature: string; value: number }[];
  warnings: string[];
}

export interface ModelDetail extends ModelRow {
  options: Record<string, unknown>;
  data: unknown[];
  report: ModelReport | null;
}

export interface Upload {
  id: string;
  name: string;
  bytes: number;
  kind: "capture" | "flows csv";
}

export interface TrainingRequest {
  name: string;
  data: string[];
  rules: string | null;
  algorithm: "forest" | "xgboost";
  trees: number;
  schema: string;
  smote: boolean;
  split: string;
}

export interface Job {
  id: string;
  kind: "training" | "analysis";
  name: string;
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  progress: number | null;
  message: string;
  started: string | null;
  ended: string | null;
  result: { model?: string } | null;
}

export interface Interface {
  name: string;
  description: string;
  can_capture: boolean;
  why_not: string | null;
}

export interface Health {
  version: string;
  packets: { name: string; count: number; is_loss: boolean }[];
  outputs: { name: string; written: number; dropped: number; lost: number; waiting: number; room: number }[];
  memory: { used: number; cap: number };
  flow_table: { live: number; started: number; ended: number };
  ends: { name: string; count: number }[];
  detection: { median_s: number; p95_s: number } | null;
  drift: { feature: string; psi: number }[];
  configuration: Record<string, unknown>;
}

export interface Notice {
  time: string;
  subject: string;
  text: string;
  is_warning: boolean;
}
