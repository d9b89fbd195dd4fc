// The running time of a capture. The server tells it once a second; nothing is counted here, so it never runs ahead of it.
import type { Capture } from "../api/types";
import { clock } from "../units";

export function Clock({ capture }: { capture: Capture }) {
  return <span class="clock">{clock(capture.duration)}</span>;
}
