// The latest verdicts as they are given; a row opens the flow with all its features.
import { useSignal } from "@preact/signals";
import { LiveFlowDrawer } from "../parts/flow_drawer";
import { Link } from "../parts/link";
import { Verdict } from "../parts/verdict";
import { Endpoint, Time, Value } from "../parts/values";
import { type LiveFlow, latestFlows } from "../state/live";
import { sameView } from "../state/router";

const kRows = 12;

export function LatestVerdicts() {
  const open = useSignal<LiveFlow | null>(null);
  const flows = latestFlows.value.slice(0, kRows);
  return (
    <section class="latest">
      <h3>
        Latest verdicts <Link to={sameView("/flows")}>all flows</Link>
      </h3>
      {flows.length === 0 ? (
        <p class="none-yet">No flow was judged since this page was opened.</p>
      ) : (
        <div class="scroll">
          <table class="rows">
            <thead>
              <tr>
                <th scope="col">End</th>
                <th scope="col">Class</th>
                <th scope="col" class="number on-wide">
                  Probability
                </th>
                <th scope="col">From</th>
                <th scope="col">To</th>
                <th scope="col" class="on-wide">Application</th>
                <th scope="col" class="number on-wide">
                  Packets
                </th>
                <th scope="col" class="number">
                  Bytes
                </th>
                <th scope="col" class="number on-wide">
                  Duration
                </th>
                <th scope="col">
                  <span class="hidden">Open</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {flows.map((flow) => (
                <Row key={flow.key} flow={flow} open={() => (open.value = flow)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {open.value && <LiveFlowDrawer flow={open.value} close={() => (open.value = null)} />}
    </section>
  );
}

function Row({ flow, open }: { flow: LiveFlow; open: () => void }) {
  return (
    <tr class="is-link" onClick={open}>
      <td>
        <Time at={flow.last} />
      </td>
      <td>
        <Verdict flow={flow} />
      </td>
      <td class="number on-wide">
        <Value of={flow.probability} as="share" />
      </td>
      <td>
        <Endpoint address={flow.source} port={flow.source_port} />
      </td>
      <td>
        <Endpoint address={flow.destination} port={flow.destination_port} />
      </td>
      <td class="on-wide">
        {flow.application ?? flow.protocol} <span class="muted">{flow.name}</span>
      </td>
      <td class="number on-wide">
        <Value of={flow.packets_forward + flow.packets_backward} as="count" />
      </td>
      <td class="number">
        <Value of={flow.bytes_forward + flow.bytes_backward} as="bytes" />
      </td>
      <td class="number on-wide">
        <Value of={flow.duration} as="seconds" />
      </td>
      <td>
        <button type="button" class="quiet" aria-label={`All features of the flow from ${flow.source} to ${flow.destination}`} onClick={open}>
          features
        </button>
      </td>
    </tr>
  );
}
