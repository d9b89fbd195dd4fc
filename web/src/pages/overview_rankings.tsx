// What there was most of in the span: classes, talkers, protocols, applications. Each row filters everything.
import type { Overview } from "../api/types";
import { FilterBy } from "../parts/filter_by";
import { Ranked } from "../parts/ranked";
import { Loading } from "../parts/states";
import { colourOf } from "../state/colours";
import { NewestAlerts } from "./newest_alerts";

const kMostRows = 10;

export function Rankings({ overview }: { overview: Overview | null }) {
  if (!overview) return <Loading lines={8} />;
  const bytes = { of: "bytes", unit: "bytes" } as const;
  const none = "No flow in this span matches.";
  return (
    <div class="rankings">
      <NewestAlerts />
      <Ranked
        title="Classes"
        of="flows"
        unit="count"
        none={none}
        rows={overview.classes.slice(0, kMostRows).map(({ label, flows, before }) => ({
          key: label,
          name: <FilterBy field="class" value={label} />,
          value: flows,
          before: overview.before && before,
          colour: colourOf(label),
        }))}
      />
      <Ranked
        title="Top talkers"
        of="flows"
        unit="count"
        second={bytes}
        none={none}
        rows={overview.talkers.slice(0, kMostRows).map((talker) => ({
          key: talker.address,
          name: <FilterBy field="host" value={talker.address} />,
          value: talker.flows,
          before: overview.before && talker.before,
          second: talker.bytes,
        }))}
      />
      <div class="stack">
      <Ranked
        title="Applications"
        of="flows"
        unit="count"
        second={bytes}
        none="No application protocol was recognised."
        rows={overview.applications.slice(0, kMostRows).map(({ name, flows, bytes: size }) => ({
          key: name,
          name: <FilterBy field="app" value={name} />,
          value: flows,
          second: size,
        }))}
      />
      <Ranked
        title="Protocols"
        of="flows"
        unit="count"
        second={bytes}
        none={none}
        rows={overview.protocols.slice(0, kMostRows).map(({ name, flows, bytes: size }) => ({
          key: name,
          name: <FilterBy field="proto" value={name} />,
          value: flows,
          second: size,
        }))}
      />
      </div>
    </div>
  );
}
