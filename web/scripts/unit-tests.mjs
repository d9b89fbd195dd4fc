// Unit tests: TypeScript to JavaScript by the esbuild that Vite brings along, then node's own test runner (node 18 has both).
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { build } from "esbuild";

rmSync(".cache/tests", { recursive: true, force: true });
await build({
  entryPoints: readdirSync("tests").filter((name) => name.endsWith(".test.ts")).map((name) => `tests/${name}`),
  outdir: ".cache/tests",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node18",
});
// Half-hour zone on purpose: whatever confuses local time with UTC shows.
const run = spawnSync(process.execPath, ["--test", ".cache/tests"], { stdio: "inherit", env: { ...process.env, TZ: "Asia/Kolkata" } });
process.exit(run.status ?? 1);
