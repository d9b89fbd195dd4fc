// A new severe episode must not be missed: a banner, and if the person wants, a notification of the browser and a sound.
import { signal } from "@preact/signals";
import type { AlertRow } from "../api/types";
import { isBoolean, stored } from "./stored";

export const wantsSound = stored("sound", false, isBoolean);
export const wantsNotification = stored("notify", false, isBoolean);

/** Severe episodes that nobody has looked at or dismissed yet, newest first. */
export const unseen = signal<AlertRow[]>([]);

const told = new Set<number>();
const kMostUnseen = 50;
const kMostTold = 10_000;

export function onNewAlert(alert: AlertRow): void {
  if (alert.severity !== "high" || told.has(alert.number)) return;
  if (told.size >= kMostTold) told.clear();
  told.add(alert.number);
  unseen.value = [alert, ...unseen.value].slice(0, kMostUnseen);
  if (wantsSound.value) playAlarm();
  if (wantsNotification.value) notify(alert);
}

export function dismiss(number?: number): void {
  unseen.value = number === undefined ? [] : unseen.value.filter((alert) => alert.number !== number);
}

function notify(alert: AlertRow): void {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  new Notification(`flowsift: ${alert.label}`, {
    body: `${alert.source} → ${alert.destination}, ${alert.flows} flows`,
    tag: `flowsift-${alert.number}`,
  });
}

/** Asks the browser for the right to notify; false where the person or the browser says no. */
export async function enableNotifications(): Promise<boolean> {
  if (!("Notification" in window)) return false;
  const answer = await Notification.requestPermission();
  wantsNotification.value = answer === "granted";
  return wantsNotification.value;
}

let audio: AudioContext | null = null;

/** Two falling tones, made here: 0.4 s, no file. */
export function playAlarm(): void {
  audio ??= new AudioContext();
  void audio.resume();
  const begin = audio.currentTime;
  for (const [delay, hertz] of [
    [0, 880],
    [0.2, 660],
  ] as const) {
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    tone.frequency.value = hertz;
    loudness.gain.setValueAtTime(0, begin + delay);
    loudness.gain.linearRampToValueAtTime(0.15, begin + delay + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.001, begin + delay + 0.19);
    tone.connect(loudness).connect(audio.destination);
    tone.start(begin + delay);
    tone.stop(begin + delay + 0.2);
  }
}
