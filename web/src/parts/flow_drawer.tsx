// Everything about one flow, beside the list: who, when, the verdict, and all features with their definitions.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Feature, FlowDetail, FlowRow } from "../api/types";
import { useFlows } from "../state/flow_query";
import { useResource } from "../state/resource";
import { term } from "../state/view";
import { rfc3339, secondsOf } from "../times";
import { counted, featureValue } from "../units";
import { Dialog } from "./dialog";
import { Link } from "./link";
import { Loading, Read } from "./states";
import { Endpoint, Time, Value } from "./values";
import { Verdict } from "./verdict";

export function FlowDrawer({ id, close }: { id: number; close: () => void }) {
  const flow = useResource<FlowDetail>(`/flows/${id}`);
  return (
    <Dialog title={`Flow ${id}`} close={close} isDrawer>
      <Read of={flow} lines={12}>
        {(data) => (
          <>
            <Facts flow={data} />
            <Features flow={data} />
          </>
        )}
      </Read>
    </Dialog>
  );
}

/** Of a flow that the live feed told of, which has no id there: the store is asked for it by its ends and its beginning. */
export function LiveFlowDrawer({ flow, close }: { flow: FlowRow; close: () => void }) {
  const found = useFlows("/flows", {
    from: flow.first,
    to: rfc3339(secondsOf(flow.first) + 1),
    filter: [term("src", flow.source), term("dst", flow.destination), term("src.port", flow.source_port), term("dst.port", flow.destination_port), term("proto", flow.protocol)].join(" "),
    limit: 1,
  });
  const id = found.rows[0]?.id;
  if (id) return <FlowDrawer id={id} close={close} />;
  return (
    <Dialog title="Flow" close={close} isDrawer>
      <Facts flow={{ ...flow, community_id: null }} />
      {found.progress !== null && <Loading />}
      {found.progress === null && (
        <p class="none-yet">
          {found.error?.message ?? "The flow goes on: its features are kept when it ends."}{" "}
          <button type="button" onClick={found.again}>
            Look again
          </button>
        </p>
      )}
    </Dialog>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Facts({ flow }: { flow: Omit<FlowDetail, "features"> }) {
  return (
    <dl class="facts">
      <Fact name="Verdict">
        <Verdict flow={flow} /> <Value of={flow.probability} as="share" />
      </Fact>
      <Fact name="From">
        <Endpoint address={flow.source} port={flow.source_port} />
      </Fact>
      <Fact name="To">
        <Endpoint address={flow.destination} port={flow.destination_port} />
      </Fact>
      <Fact name="Protocol">
        {flow.protocol}
        {flow.application && `, ${flow.application}`}
        {flow.vlan !== 0 && `, VLAN ${flow.vlan}`}
      </Fact>
      {flow.name && <Fact name="Name">{flow.name}</Fact>}
      <Fact name="Time">
        <Time at={flow.first} /> – <Time at={flow.last} /> (<Value of={flow.duration} as="seconds" />)
      </Fact>
      <Fact name="Forward">
        {counted(flow.packets_forward, "packets")}, <Value of={flow.bytes_forward} as="bytes" />
      </Fact>
      <Fact name="Backward">
        {counted(flow.packets_backward, "packets")}, <Value of={flow.bytes_backward} as="bytes" />
      </Fact>
      {flow.end && <Fact name="Ended by">{flow.end}</Fact>}
      {flow.community_id && <Fact name="Community ID">{flow.community_id}</Fact>}
      {flow.alert !== null && (
        <Fact name="Alert">
          <Link to={`/alerts/${flow.alert}`}>#{flow.alert}</Link>
        </Fact>
      )}
    </dl>
  );
}

function Features({ flow }: { flow: FlowDetail }) {
  const search = useSignal("");
  const catalogue = useResource<{ features: Feature[] }>("/features");
  if (flow.features === null) return <p class="none-yet">The features of this flow were not kept; only its counts were.</p>;
  const byName = new Map(catalogue.data?.features.map((feature) => [feature.name, feature]));
  const wanted = search.value.toLowerCase();
  const shown = flow.features.filter(({ name }) => name.toLowerCase().includes(wanted));
  return (
    <section class="features">
      <h3>
        {flow.features.length} features
        <input type="search" placeholder="Find" aria-label="Find a feature" onInput={(event) => (search.value = event.currentTarget.value)} />
      </h3>
      <table>
        <tbody>
          {shown.map(({ name, value }) => {
            const feature = byName.get(name);
            const unit = feature?.unit ?? "-";
            const text = value === null ? { value: "–", unit: "" } : featureValue(value, unit);
            return (
              <tr key={name} title={feature ? `${feature.definition}\n${value ?? "no value"} ${unit === "-" ? "" : unit}` : undefined}>
                <th scope="row">{feature?.label ?? name}</th>
                <td class={`number ${value === 0 ? "is-zero" : ""}`}>
                  {text.value}
                  {text.unit && <span class="unit">{"\u202f"}{text.unit}</span>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
