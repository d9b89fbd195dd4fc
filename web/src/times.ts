// Times: RFC 3339 in UTC on the wire, local on the page, UTC on hover. Pure; tested in tests/times.test.ts.
import { duration, text } from "./units";

export function secondsOf(rfc3339: string): number {
  return Date.parse(rfc3339) / 1000;
}

export function rfc3339(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

const two = (part: number) => String(part).padStart(2, "0");
const kMonths = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Local time of day; with the date in front unless it is `today`'s, with the year unless it is this year's. */
export function localTime(rfc3339: string, today = new Date()): string {
  const at = new Date(rfc3339);
  if (Number.isNaN(at.getTime())) return "?";
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  if (at.toDateString() === today.toDateString()) return time;
  const day = `${kMonths[at.getMonth()]} ${at.getDate()}`;
  return at.getFullYear() === today.getFullYear() ? `${day} ${time}` : `${day} ${at.getFullYear()} ${time}`;
}

export function utcTime(rfc3339: string): string {
  return `${rfc3339.replace("T", " ").replace("Z", "")} UTC`;
}

/** "3 min ago"; nothing for times to come, which happen where clocks differ. */
export function ago(rfc3339: string, now = Date.now()): string {
  const seconds = now / 1000 - secondsOf(rfc3339);
  if (!(seconds >= 0)) return "";
  if (seconds < 2) return "now";
  const shown = text(duration(Math.floor(seconds)));
  return `${shown.replace(/^(\d+)\.\d+/, "$1")} ago`;
}

/** What the API takes as a relative time: "-15m". */
const kSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };
export function rangeSeconds(range: string): number | null {
  const match = /^(\d+)([smhd])$/.exec(range);
  if (!match) return null;
  return Number(match[1]) * (kSeconds[match[2] ?? ""] ?? 0) || null;
}
