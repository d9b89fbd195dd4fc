// One alert: what was seen, why the model says so, what else belongs to it, and what to do about it.
import type { AlertDetail } from "../api/types";
import { Pillars } from "../charts/pillars";
import { Reasons } from "../charts/reasons";
import { Ranked } from "../parts/ranked";
import { Link } from "../parts/link";
import { Read } from "../parts/states";
import { SeverityMark } from "../parts/severity";
import { Time, Value } from "../parts/values";
import { dismiss } from "../state/alarms";
import { alertsChanged } from "../state/live";
import { useResource } from "../state/resource";
import { sameView } from "../state/router";
import { term } from "../state/view";
import type { PageProps } from "../routes";
import { useEffect } from "preact/hooks";
import { AlertActions } from "./alert_actions";
import { State } from "./alert_columns";
import { AlertFacts } from "./alert_facts";
import { AlertFlows } from "./alert_flows";

export function AlertPage({ parameter }: PageProps) {
  const number = Number(parameter);
  const alert = useResource<AlertDetail>(`/alerts/${encodeURIComponent(parameter)}`, {}, alertsChanged.value, 2000);
  useEffect(() => dismiss(number), [number]);
  return <Read of={alert} lines={14}>{(data) => <Detail alert={data} reload={alert.reload} />}</Read>;
}

function Detail({ alert, reload }: { alert: AlertDetail; reload: () => void }) {
  return (
    <article class={`alert ${alert.severity}`}>
      <header class="page-head">
        <Link to={sameView("/alerts")} class="back">
          ‹ Alerts
        </Link>
        <h2>
          <SeverityMark severity={alert.severity} /> {alert.label} <span class="muted">#{alert.number}</span>
        </h2>
        <State alert={alert} />
        <span class="spring" />
        <AlertActions alert={alert} changed={reload} />
      </header>
      <div class="two">
        <AlertFacts alert={alert} />
        <div class="stack">
          <Reasons reasons={alert.reasons} label={alert.label} />
          <Pillars title="Flows over time" unit="flows" points={alert.timeline.map(({ time, flows }) => ({ time, count: flows }))} />
        </div>
      </div>
      <div class="three">
        <Ranked
          title="Peers"
          of="flows"
          unit="count"
          none="No peer is known."
          rows={alert.peers.slice(0, 12).map(({ address, flows }) => ({
            key: address,
            name: <Link to={sameView("/flows", { filter: term("host", address) })}>{address}</Link>,
            value: flows,
          }))}
          {...(alert.peers.length > 12 ? { note: `the first 12 of ${alert.peers.length}` } : {})}
        />
        <Similar alert={alert} />
        <History alert={alert} />
      </div>
      <AlertFlows alert={alert} />
    </article>
  );
}

function Similar({ alert }: { alert: AlertDetail }) {
  return (
    <section>
      <h3>Similar alerts</h3>
      {alert.similar.length === 0 && <p class="none-yet">None like it before.</p>}
      <table class="rows">
        <tbody>
          {alert.similar.map((each) => (
            <tr key={each.number}>
              <td>
                <Link to={`/alerts/${each.number}`}>#{each.number}</Link>
              </td>
              <td>
                <Time at={each.time} />
              </td>
              <td>{each.source}</td>
              <td class="number">
                <Value of={each.flows} as="count" />
              </td>
              <td>
                <State alert={each} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function History({ alert }: { alert: AlertDetail }) {
  return (
    <section>
      <h3>History</h3>
      {alert.history.length === 0 && <p class="none-yet">Nobody has acted on it yet.</p>}
      <ul class="history">
        {alert.history.map((entry) => (
          <li key={entry.time + entry.action}>
            <Time at={entry.time} /> <b>{entry.user}</b> {entry.action} <span class="muted">{entry.detail}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
