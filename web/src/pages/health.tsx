// Health: is everything seen, is anything lost, how full is what can fill up, does the model still know this traffic.
import type { Health } from "../api/types";
import { Ranked } from "../parts/ranked";
import { Read } from "../parts/states";
import { notices, status, uptime } from "../state/live";
import { useResource } from "../state/resource";
import { Time, Value } from "../parts/values";
import { kUnits, text } from "../units";

/** Population stability index: from here on a feature has changed. */
const kChangedPsi = 0.25;

export function HealthPage() {
    const health = useResource<Health>("/health/details", {}, uptime.value);
  return (
    <div class="health">
      <header class="page-head">
        <h2>Health</h2>
        <span class="muted">{health.data?.version}</span>
      </header>
      <Read of={health} lines={14}>
        {(data) => (
          <>
            <Vitals health={data} />
            <div class="three">
              <Packets health={data} />
              <Outputs health={data} />
              <Flows health={data} />
            </div>
            <div class="three">
              <Drift health={data} />
              <Notices />
              <Configuration health={data} />
            </div>
          </>
        )}
      </Read>
    </div>
  );
}

interface GaugeProps {
  name: string;
  detail: string;
  /** How full it is, 0 to 1; nothing that could be full: left out. */
  share?: number;
  isBad?: boolean;
}

function Gauge({ name, detail, share, isBad = false }: GaugeProps) {
  return (
    <div class={`gauge ${isBad ? "is-bad" : ""}`}>
      <span class="muted">{name}</span>
      <b>{detail}</b>
      {share !== undefined && (
        <span class="track">
          <i style={{ width: `${Math.min(1, share) * 100}%` }} />
        </span>
      )}
    </div>
  );
}

function Vitals({ health }: { health: Health }) {
  const lost = health.packets.filter((row) => row.is_loss).reduce((sum, row) => sum + row.count, 0);
  const offered = status.value?.totals.packets_offered ?? 0;
  const fullest = health.outputs.reduce((most, output) => Math.max(most, output.room ? output.waiting / output.room : 0), 0);
  const { used, cap } = health.memory;
  const bytes = (value: number) => text(kUnits.bytes.short(value));
  const count = (value: number) => text(kUnits.count.short(value));
  return (
    <section class="vitals" aria-label="Vital signs">
      <Gauge name="Lost packets" share={offered ? lost / offered : 0} isBad={lost > 0} detail={lost ? `${count(lost)} of ${count(offered)}` : "none"} />
      <Gauge name="Memory for flows" share={cap ? used / cap : 0} isBad={used > 0.9 * cap} detail={cap ? `${bytes(used)} of ${bytes(cap)}` : "not known"} />
      <Gauge name="Fullest queue" share={fullest} isBad={fullest > 0.8} detail={text(kUnits.share.short(fullest))} />
      <Gauge name="Time to detection" detail={detected(health)} />
    </section>
  );
}

function detected({ detection }: Health): string {
  if (!detection) return "not measured";
  const seconds = (value: number) => text(kUnits.seconds.short(value));
  return `${seconds(detection.median_s)}, 95 % within ${seconds(detection.p95_s)}`;
}

function Packets({ health }: { health: Health }) {
  return (
    <section>
      <h3>Packets by where they went</h3>
      <table class="rows">
        <tbody>
          {health.packets.map((row) => (
            <tr key={row.name} class={row.is_loss && row.count > 0 ? "bad" : row.count === 0 ? "muted" : ""}>
              <th scope="row">{row.name}</th>
              <td class="number">
                <Value of={row.count} as="count" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Outputs({ health }: { health: Health }) {
  return (
    <section>
      <h3>Outputs</h3>
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">Output</th>
            <th scope="col" class="number">Written</th>
            <th scope="col" class="number" title="Waiting, of the room in the queue">Queue</th>
            <th scope="col" class="number">Lost</th>
          </tr>
        </thead>
        <tbody>
          {health.outputs.map((output) => {
            const lost = output.dropped + output.lost;
            return (
              <tr key={output.name}>
                <th scope="row">{output.name}</th>
                <td class="number">
                  <Value of={output.written} as="count" />
                </td>
                <td class="number" title={`${output.waiting} of ${output.room}`}>
                  <Value of={output.room ? output.waiting / output.room : 0} as="share" />
                </td>
                <td class={`number ${lost ? "bad" : "muted"}`}>
                  <Value of={lost} as="count" />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Flows({ health }: { health: Health }) {
  const { live, started, ended } = health.flow_table;
  const rows: [string, number][] = [["live", live], ["started", started], ["ended", ended]];
  return (
    <section>
      <h3>Flows</h3>
      <table class="rows">
        <tbody>
          {rows.map(([name, count]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number">
                <Value of={count} as="count" />
              </td>
            </tr>
          ))}
          {health.ends.map(({ name, count }) => (
            <tr key={name} class={count === 0 ? "muted" : ""}>
              <th scope="row" class="indented">{name}</th>
              <td class="number">
                <Value of={count} as="count" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Drift({ health }: { health: Health }) {
  const rows = [...health.drift].sort((a, b) => b.psi - a.psi).slice(0, 12);
  const changed = health.drift.filter((each) => each.psi > kChangedPsi).length;
  return (
    <Ranked
      title="Drift of features"
      note={changed ? `${changed} changed` : ""}
      of="PSI"
      unit="number"
      none="Not enough flows yet: it takes an hour and 500 flows."
      rows={rows.map(({ feature, psi }) => ({ key: feature, name: feature, value: psi, colour: psi > kChangedPsi ? "medium" : "bar" }))}
    />
  );
}

function Notices() {
  return (
    <section>
      <h3>Notices since this page was opened</h3>
      {notices.value.length === 0 && <p class="none-yet">None.</p>}
      <ul class="history">
        {notices.value.map((notice) => (
          <li key={notice.time + notice.subject}>
            <Time at={notice.time} /> <b>{notice.subject}</b> {notice.text}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Configuration({ health }: { health: Health }) {
  return (
    <section>
      <h3>Configuration</h3>
      <pre class="configuration" tabIndex={0}>
        {lines(health.configuration).join("\n")}
      </pre>
    </section>
  );
}

/** As the configuration file has it: `[section]`, then `key = value`. */
function lines(configuration: Record<string, unknown>): string[] {
  return Object.entries(configuration).flatMap(([key, value]) => {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return [`${key} = ${JSON.stringify(value)}`];
    return [`[${key}]`, ...lines(value as Record<string, unknown>), ""];
  });
}
