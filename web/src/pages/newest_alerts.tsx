// The newest alerts that nobody has archived: what to look at first.
import type { AlertPage } from "../api/types";
import { Link } from "../parts/link";
import { SeverityMark } from "../parts/severity";
import { Read } from "../parts/states";
import { Time, Value } from "../parts/values";
import { alertsChanged } from "../state/live";
import { useResource } from "../state/resource";
import { go, sameView, view } from "../state/router";
import { spanOf } from "../state/view";

const kMost = 9;

export function NewestAlerts() {
  const zoomed = view.value.zoom ? spanOf(view.value) : {};
  const query = { state: "open", sort: "-time", limit: kMost, filter: view.value.filter, ...zoomed };
  const newest = useResource<AlertPage>("/alerts", query, alertsChanged.value, 2000);
  return (
    <section class="newest">
      <h3>
        Open alerts <Link to={sameView("/alerts")}>{newest.data ? `all ${newest.data.total.toLocaleString("en-US")}` : "all"}</Link>
      </h3>
      <Read of={newest}>
        {(data) =>
          data.alerts.length === 0 ? (
            <p class="none-yet">None: nothing is waiting for a person.</p>
          ) : (
            <table>
              <thead>
                <tr>
                  <th scope="col" colSpan={2}>
                    <span class="hidden">Alert</span>
                  </th>
                  <th scope="col" class="number">
                    flows
                  </th>
                  <th scope="col" class="number">
                    began
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.alerts.map((alert) => (
                  <tr key={alert.number} onClick={() => go(`/alerts/${alert.number}`)}>
                    <td>
                      <SeverityMark severity={alert.severity} />
                    </td>
                    <th scope="row">
                      <Link to={`/alerts/${alert.number}`}>{alert.label}</Link> <span class="muted">{alert.source}</span>
                    </th>
                    <td class="number">
                      <Value of={alert.flows} as="count" />
                    </td>
                    <td class="number">
                      <Time at={alert.first} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Read>
    </section>
  );
}
