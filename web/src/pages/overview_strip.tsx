// The strip on top of the overview: the state of the capture with its switch, and what was counted since it began.
import { post } from "../api/client";
import type { Overview } from "../api/types";
import { Clock } from "../parts/clock";
import { Icon } from "../parts/icons";
import { Link } from "../parts/link";
import { attempt } from "../parts/toasts";
import { Change, Value } from "../parts/values";
import { capture, status } from "../state/live";
import { isAnalyst } from "../state/session";
import type { UnitName } from "../units";

export function Strip({ overview }: { overview: Overview | null }) {
  const totals = status.value?.totals;
  return (
    <section class="strip" aria-label="Capture">
      <CaptureState />
      <dl>
        <Figure name="packets" of={totals?.packets_received} as="count" />
        <Figure name="bytes" of={totals?.bytes} as="bytes" />
        <Figure name="flows" of={totals?.flows_started} as="count" />
        <Figure name="live flows" of={totals?.flows_live} as="count" />
        <Figure name="lost" of={totals?.packets_dropped} as="count" isBad={(totals?.packets_dropped ?? 0) > 0} />
        <Figure name="alerts" of={totals?.alerts} as="count" />
        {overview && (
          <div class="in-span" title="In the span of time above, and against the same span before">
            <dt>alerts in span</dt>
            <dd>
              <Value of={overview.totals.alerts} as="count" />{" "}
              <Change value={overview.totals.alerts} before={overview.before?.alerts ?? null} as="count" />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

function Figure({ name, of, as, isBad = false }: { name: string; of: number | undefined; as: UnitName; isBad?: boolean }) {
  return (
    <div class={isBad ? "is-bad" : ""}>
      <dt>{name}</dt>
      <dd>
        <Value of={of} as={as} />
      </dd>
    </div>
  );
}

function CaptureState() {
  const now = capture.value;
  if (!now) return <div class="capture-state">…</div>;
  const isRunning = now.state === "running";
  const stop = () => void attempt(() => post("/capture/stop"), "The capture was stopped.");
  return (
    <div class={`capture-state ${now.state}`}>
      <i class="dot" />
      <b>{isRunning ? now.source : now.state === "failed" ? "Capture failed" : "No capture"}</b>
      {isRunning && <Clock capture={now} />}
      {isRunning && now.speed !== null && now.speed > 0 && <span class="muted">×{now.speed}</span>}
      {now.state === "failed" && <span class="muted">{now.message}</span>}
      {isAnalyst.value && isRunning && (
        <button type="button" onClick={stop}>
          <Icon name="stop" /> Stop
        </button>
      )}
      {isAnalyst.value && !isRunning && (
        <Link to="/capture" class="button accent">
          <Icon name="play" /> Start
        </Link>
      )}
    </div>
  );
}
