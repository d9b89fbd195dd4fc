// What the server works on: progress, what came of it, and a way to cancel.
import { remove } from "../api/client";
import type { Job } from "../api/types";
import { jobs } from "../state/live";
import { may } from "../state/session";
import { Link } from "./link";
import { attempt } from "./toasts";
import { Time } from "./values";

const kMost = 4;

export function Jobs({ kind }: { kind: Job["kind"] }) {
  const shown = jobs.value.filter((job) => job.kind === kind).slice(0, kMost);
  if (shown.length === 0) return null;
  return (
    <ul class="jobs" aria-label={kind === "training" ? "Trainings" : "Analyses"}>
      {shown.map((job) => (
        <li key={job.id} class={`is-${job.state}`}>
          <b>{job.name}</b>
          {job.state === "running" && <progress value={job.progress ?? undefined} max={1} aria-label={`Progress of ${job.name}`} />}
          <span class="word">{job.state}</span>
          <span class="message">{job.message}</span>
          <span class="muted">
            <Time at={job.ended ?? job.started} />
          </span>
          {job.result?.model && <Link to={`/models/${encodeURIComponent(job.result.model)}`}>Look at it</Link>}
          {(job.state === "running" || job.state === "waiting") && may("analyst") && (
            <button type="button" onClick={() => void attempt(() => remove(`/jobs/${job.id}`), `${job.name} was cancelled.`)}>
              Cancel
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
