// One table of units: how a number of each kind is shown short, and exactly on hover. Pure; tested in tests/units.test.ts.

export interface Shown {
  value: string;
  unit: string;
}

export interface Unit {
  short: (value: number) => Shown;
  exact: (value: number) => string;
}

const kPrefixes = ["", "k", "M", "G", "T", "P", "E"];
const kThin = "\u202f";

/** Three significant digits and an SI prefix: 12345 is 12.3 k. Whole numbers below 1,000 stay whole. */
export function scaled(value: number): { digits: string; prefix: string } {
  let power = 0;
  let rest = Math.abs(value);
  while (rest >= 999.5 && power < kPrefixes.length - 1) {
    rest /= 1000;
    power += 1;
  }
  const places = power === 0 && Number.isInteger(value) ? 0 : rest >= 99.95 ? 0 : rest >= 9.995 ? 1 : 2;
  const digits = rest.toFixed(places);
  const sign = value < 0 && Number(digits) !== 0 ? "\u2212" : "";
  return { digits: sign + digits, prefix: kPrefixes[power] ?? "" };
}

/** All digits, grouped: 1,234,567.5. */
export function grouped(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 6 });
}

function withPrefix(unit: string, exactUnit: string): Unit {
  return {
    short: (value) => {
      const { digits, prefix } = scaled(value);
      return { value: digits, unit: prefix + unit };
    },
    exact: (value) => `${grouped(value)} ${exactUnit}`,
  };
}

/** 0.000073 is 73 µs, 3725 is 1 h 2 min. */
export function duration(seconds: number): Shown {
  if (seconds === 0) return { value: "0", unit: "s" };
  const size = Math.abs(seconds);
  if (size < 1e-3) return { value: trimmed(seconds * 1e6), unit: "µs" };
  if (size < 1) return { value: trimmed(seconds * 1e3), unit: "ms" };
  if (size < 60) return { value: trimmed(seconds), unit: "s" };
  const whole = Math.floor(size);
  const parts: [number, string, number, string] =
    whole < 3600
      ? [Math.floor(whole / 60), "min", whole % 60, "s"]
      : whole < 86_400
        ? [Math.floor(whole / 3600), "h", Math.floor((whole % 3600) / 60), "min"]
        : [Math.floor(whole / 86_400), "d", Math.floor((whole % 86_400) / 3600), "h"];
  return { value: `${parts[0]} ${parts[1]} ${parts[2]} ${parts[3]}`, unit: "" };
}

function trimmed(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/** A running time as a clock: 1:02:05. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (part: number) => String(part).padStart(2, "0");
  const days = Math.floor(whole / 86_400);
  const rest = `${two(Math.floor((whole % 86_400) / 3600))}:${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  return days > 0 ? `${days} d ${rest}` : rest;
}

function plainNumber(value: number): Shown {
  const size = Math.abs(value);
  if (size !== 0 && size < 0.01) return { value: value.toExponential(1), unit: "" };
  if (Number.isInteger(value) && size < 1e6) return { value: grouped(value), unit: "" };
  const { digits, prefix } = scaled(value);
  return { value: digits, unit: prefix };
}

export const kUnits = {
  count: withPrefix("", ""),
  bytes: withPrefix("B", "bytes"),
  bits_per_second: withPrefix("bit/s", "bits/s"),
  packets_per_second: withPrefix("pkt/s", "packets/s"),
  flows_per_second: withPrefix("flow/s", "flows/s"),
  seconds: { short: duration, exact: (value) => `${grouped(value)} s` },
  share: {
    short: (value) => ({ value: value < 1 && value > 0.9995 ? ">99.9" : (value * 100).toFixed(1), unit: "%" }),
    exact: (value) => String(value),
  },
  number: { short: plainNumber, exact: (value) => String(value) },
} satisfies Record<string, Unit>;

export type UnitName = keyof typeof kUnits;

/** The value of a feature in the unit that the catalogue gives it. */
export function featureValue(value: number, unit: string): Shown {
  if (unit === "µs") return duration(value / 1e6);
  if (unit === "bytes") return kUnits.bytes.short(value);
  if (unit === "bytes/s") {
    const { value: digits, unit: prefix } = kUnits.bytes.short(value);
    return { value: digits, unit: `${prefix}/s` };
  }
  const { value: digits, unit: prefix } = plainNumber(value);
  return { value: digits, unit: unit === "-" ? prefix : `${prefix}${prefix ? kThin : ""}${value === 1 ? singular(unit) : unit}` };
}

function singular(unit: string): string {
  return unit === "addresses" ? "address" : unit.replace(/^([a-z]{4,})s$/, "$1");
}

/** "1 packet", "12.3 k packets". */
export function counted(value: number, unit: string): string {
  const { value: digits, unit: prefix } = kUnits.count.short(value);
  return `${digits}${prefix ? ` ${prefix}` : ""} ${value === 1 ? singular(unit) : unit}`;
}

export function text(shown: Shown): string {
  return shown.unit ? `${shown.value} ${shown.unit}` : shown.value;
}

/** Change against before, as text: "+12 %", "new", "same", "×3.4" where percent would be unreadable. */
export function change(value: number, before: number | null): string {
  if (before === null) return "";
  if (before === 0) return value === 0 ? "same" : "new";
  const ratio = value / before;
  if (ratio >= 2.995) return `×${ratio >= 9.95 ? ratio.toFixed(0) : ratio.toFixed(1)}`;
  const percent = Math.round((ratio - 1) * 100);
  if (percent === 0) return "same";
  return `${percent > 0 ? "+" : "\u2212"}${Math.abs(percent)} %`;
}
