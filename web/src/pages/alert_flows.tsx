// The flows of an alert, as many as one scrolls to.
import { useEffect } from "preact/hooks";
import type { AlertRow } from "../api/types";
import { FlowTable } from "../parts/flow_table";
import { Failed, Loading } from "../parts/states";
import { useFlows } from "../state/flow_query";
import { uptime } from "../state/live";

const kPage = 200;

export function AlertFlows({ alert }: { alert: AlertRow }) {
  const flows = useFlows(`/alerts/${alert.number}/flows`, { limit: kPage });
  // The store has them as they end; whoever has scrolled into the next page is left alone.
  const isGrowing = alert.is_open && flows.progress === null && flows.rows.length < kPage;
  useEffect(() => {
    if (isGrowing) flows.again();
  }, [uptime.value]);
  return (
    <section class="alert-flows">
      <h3>
        Flows {flows.matched !== null && <span class="muted">{flows.matched.toLocaleString("en-US")}</span>}
      </h3>
      {flows.error && <Failed message={flows.error.message} retry={flows.again} />}
      {flows.rows.length === 0 && flows.progress !== null && <Loading />}
      {flows.rows.length === 0 && flows.progress === null && !flows.error && (
        <p class="none-yet">{alert.is_open ? "None of its flows has ended yet: the store has them from then on." : "The store keeps none of its flows."}</p>
      )}
      {flows.rows.length > 0 && <FlowTable rows={flows.rows} sort="" onEnd={flows.more} />}
    </section>
  );
}
