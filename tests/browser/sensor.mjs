// The real binary with its dashboard, replaying the lab's held-out recording.
// FLOWSIFT_DASHBOARD=http://…/ takes one that runs already instead; tests that need its process skip then.
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterwards } from "./afterwards.mjs";

export const kRecordings = join(dirname(fileURLToPath(import.meta.url)), "../../lab/recordings");
const kStartMs = 30_000;

export const hasProcess = !process.env.FLOWSIFT_DASHBOARD;

/**
 * Starts it and waits for the address it prints. `serve` steers captures, models and trainings and keeps accounts in its
 * folder; `watch` opens by a one-time link. `speed` 3 lasts two and a half minutes. It is stopped after `t`.
 * Returns {link, origin, output(), stop(), folder}: `link` carries the one-time token, where one was printed.
 */
export async function startSensor(t, { command = "serve", speed = 3, port = 0, folder = null } = {}) {
  if (!hasProcess) {
    const link = process.env.FLOWSIFT_DASHBOARD;
    return { link, origin: new URL(link).origin, output: () => "", stop: async () => {}, folder: null };
  }
  const own = folder ?? mkdtempSync(join(tmpdir(), "flowsift-sensor-"));
  const replay = ["-r", join(kRecordings, "heldout.pcap.zst"), "--speed", String(speed), "--serve", `127.0.0.1:${port}`];
  const child = spawn(process.env.FLOWSIFT_PROGRAM, [...kCommands[command](own), ...replay]);
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  child.stderr.on("data", (data) => (output += data));
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  afterwards(t, async () => {
    await stop();
    if (!folder) rmSync(own, { recursive: true, force: true });
  });
  const link = await addressIn(() => output, ended);
  return { link, origin: new URL(link).origin, output: () => output, stop, folder: own };
}

const kCommands = {
  serve(folder) {
    mkdirSync(join(folder, "models"), { recursive: true });
    copyFileSync(process.env.FLOWSIFT_MODEL, join(folder, "models", "lab.fsm"));
    return ["serve", folder, "--activate", "lab"];
  },
  watch: (folder) => ["watch", process.env.FLOWSIFT_MODEL, "--quiet", "--store", join(folder, "store.db")],
};

async function addressIn(output, ended) {
  let isOver = false;
  void ended.then(() => (isOver = true));
  for (let waited = 0; waited < kStartMs; waited += 100) {
    const address = /https?:\/\/127\.0\.0\.1:\d+\/\S*/.exec(output());
    if (address) return address[0];
    if (isOver) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`flowsift printed no address of its dashboard. It said: ${output()}`);
}
