// What an analyst does with alerts: one at a time from the detail, many from the inbox.
import { post } from "../api/client";
import type { AlertAction } from "../api/types";
import { attempt } from "../parts/toasts";
import { dismiss } from "./alarms";
import { alertsChanged } from "./live";

const kDone: Record<AlertAction, string> = {
  archive: "archived",
  reopen: "open again",
  escalate: "escalated",
  deescalate: "no longer escalated",
  feedback: "judged: the next `adapt` learns from it",
};

export interface Judgement {
  is_right: boolean;
  label?: string;
}

export async function act(numbers: number[], action: AlertAction, judgement?: Judgement): Promise<boolean> {
  if (numbers.length === 0) return false;
  const what = numbers.length === 1 ? `Alert #${numbers[0]} is` : `${numbers.length} alerts are`;
  const isDone = await attempt(() => post("/alerts/actions", { numbers, action, ...judgement }), `${what} ${kDone[action]}.`);
  if (isDone) {
    for (const number of numbers) dismiss(number);
    alertsChanged.value += 1;
  }
  return isDone;
}
