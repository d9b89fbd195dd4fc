// Overview: what flows now, what it is, what stands out, what changed.
import { useEffect } from "preact/hooks";
import { filterError } from "../parts/filter_box";
import { Failed } from "../parts/states";
import { useSeries } from "../state/columns";
import { status } from "../state/live";
import { useResource } from "../state/resource";
import { view } from "../state/router";
import { spanOf } from "../state/view";
import type { Overview } from "../api/types";
import { AlertsOverTime } from "./overview_alerts";
import { ClassesOverTime, RateCharts } from "./overview_charts";
import { Rankings } from "./overview_rankings";
import { Strip } from "./overview_strip";
import { LatestVerdicts } from "./latest_verdicts";

const kRefreshSeconds = 4;

export function OverviewPage() {
  const tick = view.value.zoom ? 0 : Math.floor((status.value?.uptime ?? 0) / kRefreshSeconds);
  const series = useSeries(tick);
  const overview = useResource<Overview>("/overview", { ...spanOf(view.value), filter: view.value.filter }, tick);
  useEffect(() => {
    const error = overview.error;
    filterError.value = error?.status === 400 ? { message: error.message, at: error.at } : null;
    return () => (filterError.value = null);
  }, [overview.error]);
  return (
    <div class="overview">
      <Strip overview={overview.data} />
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
