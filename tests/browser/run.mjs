// Runs the browser tests against the real binary: FLOWSIFT_PROGRAM=build/release/flowsift node tests/browser/run.mjs [FILE…]
// Trains a small model of the lab's recording once, for all files. Exits with 77 and a word where something is missing.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const recordings = join(here, "../../lab/recordings");
const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";

function missing(what) {
  console.log(`skipped: ${what}`);
  process.exit(77);
}

if (!existsSync(chromium)) missing(`no ${chromium}; apt-get install chromium, or name another in CHROMIUM`);
if (!existsSync(join(here, "node_modules/playwright-core"))) missing("npm ci --ignore-scripts in tests/browser is needed");

const folder = mkdtempSync(join(tmpdir(), "flowsift-browser-"));
const environment = { ...process.env, CHROMIUM: chromium, TZ: "Europe/Berlin" };

function train(program) {
  const model = join(folder, "model.fsm");
  const options = ["--split", "none", "--schema", "cic+tcp+host", "--checkpoints", "1s,8,end", "--trees", "30", "-o", model];
  const data = [join(recordings, "train.pcap.zst"), "--rules", join(recordings, "train.rules.toml")];
  const run = spawnSync(program, ["train", ...data, ...options], { stdio: ["ignore", "ignore", "inherit"] });
  if (run.status !== 0) throw new Error(`${program} train failed with ${run.status}`);
  return model;
}

try {
  if (!process.env.FLOWSIFT_DASHBOARD) {
    if (!process.env.FLOWSIFT_PROGRAM) missing("FLOWSIFT_PROGRAM names no binary");
    environment.FLOWSIFT_MODEL = train(process.env.FLOWSIFT_PROGRAM);
  }
  const files = process.argv.length > 2 ? process.argv.slice(2) : readdirSync(here).filter((name) => name.endsWith(".test.mjs")).map((name) => join(here, name));
  const run = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit", env: environment });
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
