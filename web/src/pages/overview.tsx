// Overview: what flows now, what it is, what stands out, what changed.
import { computed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "../parts/icons";
import { Link } from "../parts/link";
import { filterError } from "../parts/filter_box";
import { Empty, Failed } from "../parts/states";
import { useSeries } from "../state/columns";
import { replayTime, status, uptime } from "../state/live";
import { useResource } from "../state/resource";
import { view } from "../state/router";
import { isAnalyst } from "../state/session";
import { spanOf } from "../state/view";
import type { Overview } from "../api/types";
import { AlertsOverTime } from "./overview_alerts";
import { ClassesOverTime, RateCharts } from "./overview_charts";
import { Rankings } from "./overview_rankings";
import { Strip } from "./overview_strip";
import { LatestVerdicts } from "./latest_verdicts";

const kPauseMs = 4000;

export function OverviewPage() {
  const tick = view.value.zoom ? 0 : uptime.value;
  const series = useSeries(tick);
  const overview = useResource<Overview>("/overview", { ...spanOf(view.value, replayTime.peek()), filter: view.value.filter }, tick, kPauseMs);
  useEffect(() => {
    const error = overview.error;
    filterError.value = error?.status === 400 ? { message: error.message, at: error.at } : null;
    return () => (filterError.value = null);
  }, [overview.error]);
  if (isUntouched.value) return <Untouched />;
  return (
    <div class="overview">
      <Strip overview={overview.data} />
      <h2 class="hidden">Traffic</h2>
      <RateCharts />
      <div class="over-time">
        <ClassesOverTime />
        <AlertsOverTime series={series.data} overview={overview.data} />
      </div>
      {overview.error && overview.error.status !== 400 && overview.error.status !== 0 ? (
        <Failed message={overview.error.message} retry={overview.reload} />
      ) : (
        <Rankings overview={overview.data} />
      )}
      <LatestVerdicts />
    </div>
  );
}

/** Nothing runs and nothing was ever seen: charts would only be empty. */
const isUntouched = computed(() => {
  const now = status.value;
  return now !== null && now.capture.state === "stopped" && now.totals.packets_received === 0 && now.totals.alerts === 0;
});

function Untouched() {
  return (
    <Empty title="Nothing was captured yet">
      {isAnalyst.value ? "Choose an interface, or upload a recorded capture and watch it analysed." : "An analyst has to start a capture first."}
      <br />
      <br />
      <Link to="/capture" class="button accent">
        <Icon name="play" /> Capture
      </Link>
    </Empty>
  );
}
