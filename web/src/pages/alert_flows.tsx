// The flows of an alert, as many as one scrolls to.
import { FlowTable } from "../parts/flow_table";
import { Failed, Loading } from "../parts/states";
import { useFlows } from "../state/flow_query";

export function AlertFlows({ number }: { number: number }) {
  const flows = useFlows(`/alerts/${number}/flows`, { limit: 200 });
  return (
    <section class="alert-flows">
      <h3>
        Flows {flows.matched !== null && <span class="muted">{flows.matched.toLocaleString("en-US")}</span>}
      </h3>
      {flows.error && <Failed message={flows.error.message} retry={flows.again} />}
      {flows.rows.length === 0 && flows.progress !== null && <Loading />}
      {flows.rows.length === 0 && flows.progress === null && !flows.error && (
        <p class="none-yet">The store keeps none of its flows any more.</p>
      )}
      {flows.rows.length > 0 && <FlowTable rows={flows.rows} sort="" onEnd={flows.more} />}
    </section>
  );
}
