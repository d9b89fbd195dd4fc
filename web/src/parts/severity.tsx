// Severity is told by colour and by shape: triangle, diamond, circle.
import type { Severity } from "../api/types";

const kShapes: Record<Severity, string> = {
  high: "M6 0.8L11.6 11H0.4z",
  medium: "M6 0.5L11.5 6 6 11.5 0.5 6z",
  low: "M6 1.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z",
};

export function SeverityMark({ severity, isNamed = false }: { severity: Severity; isNamed?: boolean }) {
  return (
    <span class={`severity ${severity}`} title={`severity: ${severity}`}>
      <svg viewBox="0 0 12 12" width="12" height="12" role="img" aria-label={`severity ${severity}`}>
        <path d={kShapes[severity]} />
      </svg>
      {isNamed && <span>{severity}</span>}
    </span>
  );
}
