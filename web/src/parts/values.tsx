// Numbers and times as every page shows them: short with a unit, exact on hover.
import { type Unit, type UnitName, change, kUnits } from "../units";
import { ago, localTime, utcTime } from "../times";

export function Value({ of, as }: { of: number | null | undefined; as: UnitName }) {
  if (of === null || of === undefined || Number.isNaN(of)) return <span class="none">–</span>;
  const unit: Unit = kUnits[as];
  const shown = unit.short(of);
  return (
    <span class="value" title={unit.exact(of).trim()}>
      {shown.value}
      {shown.unit && <span class="unit">{"\u202f"}{shown.unit}</span>}
    </span>
  );
}

export function Time({ at, isAgo = false }: { at: string | null; isAgo?: boolean }) {
  if (at === null) return <span class="none">–</span>;
  const since = ago(at);
  return (
    <time class="value" dateTime={at} title={`${utcTime(at)}${since ? ` · ${since}` : ""}`}>
      {isAgo ? since || localTime(at) : localTime(at)}
    </time>
  );
}

/** How a number changed against before. More is not worse by itself, so it has no colour. */
export function Change({ value, before, as }: { value: number; before: number | null; as: UnitName }) {
  const shown = change(value, before);
  if (before === null || shown === "") return null;
  return (
    <span class={`change ${shown === "new" ? "is-new" : ""}`} title={`${kUnits[as].exact(before).trim()} before`}>
      {shown}
    </span>
  );
}

/** An address with a port; ports of protocols without any are left out. */
export function Endpoint({ address, port }: { address: string; port?: number | null }) {
  return (
    <span class="endpoint">
      {address.includes(":") && port ? `[${address}]` : address}
      {port ? <span class="port">:{port}</span> : null}
    </span>
  );
}
