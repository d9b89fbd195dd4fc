// The table of columns of flows: name, how it sorts, how wide, how a cell is shown. Which are shown is kept in the browser.
import type { ComponentChildren } from "preact";
import type { FlowRow } from "../api/types";
import { FilterBy } from "./filter_by";
import { Link } from "./link";
import { Verdict } from "./verdict";
import { Endpoint, Time, Value } from "./values";
import { isTexts, stored } from "../state/stored";

export interface FlowColumn {
  name: string;
  title: string;
  sort?: string;
  isNumber?: boolean;
  /** Share of the width, as of CSS grids. */
  width: string;
  isDefault: boolean;
  cell: (flow: FlowRow) => ComponentChildren;
}

const count = (value: number) => <Value of={value} as="count" />;
const bytes = (value: number) => <Value of={value} as="bytes" />;

const side = (field: string, address: string, port: number) => (
  <FilterBy field={field} value={address}>
    <Endpoint address={address} port={port} />
  </FilterBy>
);

export const kFlowColumns: FlowColumn[] = [
  { name: "first", title: "Began", sort: "first", width: "minmax(128px, 0.8fr)", isDefault: true, cell: (flow) => <Time at={flow.first} /> },
  { name: "last", title: "Ended", sort: "last", width: "minmax(128px, 0.8fr)", isDefault: false, cell: (flow) => <Time at={flow.last} /> },
  { name: "class", title: "Class", sort: "label", width: "minmax(136px, 1.4fr)", isDefault: true, cell: (flow) => <Verdict flow={flow} /> },
  {
    name: "probability",
    title: "Prob.",
    sort: "probability",
    isNumber: true,
    width: "minmax(64px, 0.6fr)",
    isDefault: true,
    cell: (flow) => <Value of={flow.probability} as="share" />,
  },
  {
    name: "source",
    title: "From",
    sort: "source",
    width: "minmax(168px, 1.4fr)",
    isDefault: true,
    cell: (flow) => side("src", flow.source, flow.source_port),
  },
  {
    name: "destination",
    title: "To",
    sort: "destination",
    width: "minmax(168px, 1.4fr)",
    isDefault: true,
    cell: (flow) => side("dst", flow.destination, flow.destination_port),
  },
  {
    name: "protocol",
    title: "Proto",
    width: "minmax(48px, 0.5fr)",
    isDefault: true,
    cell: (flow) => <FilterBy field="proto" value={flow.protocol} />,
  },
  {
    name: "application",
    title: "App",
    width: "minmax(48px, 0.5fr)",
    isDefault: true,
    cell: (flow) => (flow.application ? <FilterBy field="app" value={flow.application} /> : null),
  },
  {
    name: "name",
    title: "Name",
    width: "minmax(112px, 1.2fr)",
    isDefault: true,
    cell: (flow) => (flow.name ? <FilterBy field="name" value={flow.name} /> : null),
  },
  {
    name: "packets",
    title: "Packets",
    sort: "packets",
    isNumber: true,
    width: "minmax(64px, 0.6fr)",
    isDefault: true,
    cell: (flow) => count(flow.packets_forward + flow.packets_backward),
  },
  {
    name: "bytes",
    title: "Bytes",
    sort: "bytes",
    isNumber: true,
    width: "minmax(72px, 0.7fr)",
    isDefault: true,
    cell: (flow) => bytes(flow.bytes_forward + flow.bytes_backward),
  },
  { name: "packets_forward", title: "Pkts →", isNumber: true, width: "minmax(64px, 0.6fr)", isDefault: false, cell: (flow) => count(flow.packets_forward) },
  { name: "packets_backward", title: "Pkts ←", isNumber: true, width: "minmax(64px, 0.6fr)", isDefault: false, cell: (flow) => count(flow.packets_backward) },
  { name: "bytes_forward", title: "Bytes →", isNumber: true, width: "minmax(72px, 0.7fr)", isDefault: false, cell: (flow) => bytes(flow.bytes_forward) },
  { name: "bytes_backward", title: "Bytes ←", isNumber: true, width: "minmax(72px, 0.7fr)", isDefault: false, cell: (flow) => bytes(flow.bytes_backward) },
  {
    name: "duration",
    title: "Duration",
    sort: "duration",
    isNumber: true,
    width: "minmax(80px, 0.7fr)",
    isDefault: true,
    cell: (flow) => <Value of={flow.duration} as="seconds" />,
  },
  { name: "end", title: "End", width: "minmax(64px, 0.5fr)", isDefault: true, cell: (flow) => (flow.end ? <FilterBy field="end" value={flow.end} /> : null) },
  { name: "vlan", title: "VLAN", isNumber: true, width: "minmax(48px, 0.4fr)", isDefault: false, cell: (flow) => flow.vlan || "–" },
  {
    name: "alert",
    title: "Alert",
    isNumber: true,
    width: "minmax(56px, 0.4fr)",
    isDefault: true,
    cell: (flow) => (flow.alert === null ? null : <Link to={`/alerts/${flow.alert}`}>#{flow.alert}</Link>),
  },
];

const kDefaults = kFlowColumns.filter((column) => column.isDefault).map((column) => column.name);

export const chosenColumns = stored("columns", kDefaults, isTexts);

export function shownColumns(): FlowColumn[] {
  return kFlowColumns.filter((column) => chosenColumns.value.includes(column.name));
}

export function toggleColumn(name: string): void {
  const chosen = chosenColumns.value;
  chosenColumns.value = chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name];
}

export function resetColumns(): void {
  chosenColumns.value = kDefaults;
}
