// Why a flow alarmed: for each feature how much it spoke for the class, and where its value lies against benign flows.
import type { Reason } from "../api/types";
import { featureValue, text } from "../units";
import { Figure } from "./figure";
import { placesOf } from "./reasons_places";

export function Reasons({ reasons, label }: { reasons: Reason[]; label: string }) {
  const most = Math.max(1e-12, ...reasons.map((reason) => Math.abs(reason.contribution)));
  if (reasons.length === 0) return <p class="none-yet">The model gives no reasons: its file has none of what they are computed from.</p>;
  return (
    <Figure
      title={`Why ${label}`}
      class="reasons"
      aside={
        <span class="key">
          <i class="swatch band" /> usual for benign flows <i class="mark" /> this flow
        </span>
      }
      table={() => ({
        columns: ["Feature", "Contribution", "Value", "Usual from", "to"],
        rows: reasons.map((reason) => [
          reason.feature,
          signed(reason.contribution),
          shown(reason.value, reason.unit),
          shown(reason.benign_low, reason.unit),
          shown(reason.benign_high, reason.unit),
        ]),
      })}
    >
      <ul>
        {reasons.map((reason) => (
          <li key={reason.feature} title={reason.definition}>
            <span class="feature">{reason.feature}</span>
            <span class="number">{shown(reason.value, reason.unit)}</span>
            <Range reason={reason} />
            <span class="share">
              <i class={reason.contribution < 0 ? "against" : ""} style={{ width: `${(Math.abs(reason.contribution) / most) * 100}%` }} />
            </span>
            <span class="number" title="Exact Shapley value: its part of the probability">
              {signed(reason.contribution)}
            </span>
          </li>
        ))}
      </ul>
    </Figure>
  );
}

function Range({ reason }: { reason: Reason }) {
  const { benign_low: low, benign_high: high, value, unit } = reason;
  if (low === null || high === null) return <span class="where muted">no range known</span>;
  const places = placesOf(value, low, high);
  const isOutside = value < low || value > high;
  return (
    <span class="where" title={`usual: ${shown(low, unit)} to ${shown(high, unit)}${places.isLogarithmic ? " (logarithmic)" : ""}`}>
      <i class="band" style={{ left: `${places.low * 100}%`, width: `${Math.max(0.5, (places.high - places.low) * 100)}%` }} />
      <i class={`mark ${isOutside ? "is-outside" : ""}`} style={{ left: `${places.value * 100}%` }} />
    </span>
  );
}

const shown = (value: number | null, unit: string) => (value === null ? "–" : text(featureValue(value, unit)));
const signed = (value: number) => `${value < 0 ? "\u2212" : "+"}${Math.abs(value).toFixed(3)}`;
