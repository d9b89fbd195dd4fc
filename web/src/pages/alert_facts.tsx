// What an alert says in words and numbers.
import type { ComponentChildren } from "preact";
import type { AlertDetail } from "../api/types";
import { Link } from "../parts/link";
import { Endpoint, Time, Value } from "../parts/values";
import { sameView } from "../state/router";
import { term } from "../state/view";
import { secondsOf } from "../times";
import { counted } from "../units";

/** Addresses of MITRE's pages: T1499.002 is at T1499/002. */
const techniquePage = (technique: string) => `https://attack.mitre.org/techniques/${technique.replace(".", "/")}/`;

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Party({ field, address, port, count, what }: { field: string; address: string; port: number | null; count: number; what: string }) {
  return (
    <>
      <Link to={sameView("/flows", { filter: term(field, address) })} title="Its flows">
        <Endpoint address={address} port={port} />
      </Link>
      {count > 1 && <span class="muted"> first of {count} {what}</span>}
    </>
  );
}

export function AlertFacts({ alert }: { alert: AlertDetail }) {
  const { loss } = alert;
  return (
    <dl class="facts">
      <Fact name="Source">
        <Party field="src" address={alert.source} port={alert.source_port} count={alert.sources} what="sources" />
      </Fact>
      <Fact name="Target">
        <Party field="dst" address={alert.destination} port={alert.destination_port} count={alert.targets} what="targets" />
      </Fact>
      <Fact name="Protocol">{alert.protocol}</Fact>
      {alert.name && <Fact name="Name">{alert.name}</Fact>}
      <Fact name="Seen">
        <Time at={alert.first} /> – <Time at={alert.last} /> <span class="muted">for</span>{" "}
        <Value of={secondsOf(alert.last) - secondsOf(alert.first)} as="seconds" />
      </Fact>
      <Fact name="Told">
        <Time at={alert.time} /> <span class="muted">after</span> <Value of={secondsOf(alert.time) - secondsOf(alert.first)} as="seconds" />
      </Fact>
      <Fact name="Volume">
        {counted(alert.flows, "flows")}, {counted(alert.packets, "packets")}, <Value of={alert.bytes} as="bytes" />
      </Fact>
      <Fact name="Probability">
        <Value of={alert.probability} as="share" />
      </Fact>
      {alert.technique && (
        <Fact name="Technique">
          <a href={techniquePage(alert.technique)} target="_blank" rel="noreferrer noopener" title="ATT&CK, on MITRE's site">
            {alert.technique}
          </a>
        </Fact>
      )}
      <Fact name="Capture">
        {alert.capture}, {counted(loss.received, "packets")} received until then,{" "}
        <span class={loss.dropped > 0 ? "bad" : ""}>
          <Value of={loss.dropped} as="count" /> lost
        </span>
      </Fact>
      <Fact name="Model">
        <code title={alert.model_hash}>{alert.model_hash.slice(0, 12)}</code>
      </Fact>
      {alert.community_id && (
        <Fact name="Community ID">
          <code>{alert.community_id}</code>
        </Fact>
      )}
      {alert.feedback && (
        <Fact name="Feedback">
          {alert.feedback.is_right ? "right" : `was ${alert.feedback.label ?? "no alarm"}`}
          <span class="muted">
            {" "}
            said {alert.feedback.user}, <Time at={alert.feedback.time} />
          </span>
        </Fact>
      )}
      {alert.notes && <Fact name="Notes">{alert.notes}</Fact>}
    </dl>
  );
}
