// What an update of the live page costs Chromium's main thread: ten a second, four charts of 3,600 points, nine classes on
// top of each other. Prints milliseconds of CPU per update, of script alone and of everything (style, layout, paint, commit).
// usage: node bench/dashboard.mjs      after `npm run build` in web and `npm ci --ignore-scripts` in tests/browser
import { createServer } from "node:http";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const { chromium } = createRequire(join(root, "tests/browser/package.json"))("playwright-core");
const kPoints = 3600;
const kSeconds = 20;
const kClasses = ["BENIGN", "Bot", "DDoS", "DNS tunnel", "DoS", "FTP brute force", "PortScan", "SSH brute force", "XSS"];
const kTypes = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml" };

const wave = (at, scale) => scale * (1.2 + Math.sin(at / 37) + 0.3 * Math.sin(at * 1.7));
const column = (scale) => Array.from({ length: kPoints }, (_, at) => wave(at, scale));
const capture = { state: "running", kind: "interface", source: "eth0", filter: "", model: null, speed: null, started: null, duration: 1, progress: null, message: "" };
const totals = Object.fromEntries(
  "packets_offered packets_received packets_dropped packets_in_flows packets_other bytes flows_started flows_ended flows_live alerts alerts_held_back".split(" ").map((name) => [name, 1e6]),
);

function status() {
  const at = Date.now() / 100;
  const rates = { packets: wave(at, 1e4), bits: wave(at, 1e7), flows: wave(at, 100), drops: 0 };
  const classes = kClasses.map((label, index) => ({ label, flows: 10, rate: wave(at + 20 * index, 10) }));
  return { time: new Date().toISOString(), uptime: at / 10, capture, totals, rates, classes, model: null };
}

const kAnswers = {
  "/api/session": () => ({ user: "bench", role: "viewer", csrf: "", needs_setup: false, is_secure: false, version: "" }),
  "/api/status": status,
  "/api/series": () => ({
    step: 1,
    start: new Date(Date.now() - kPoints * 1000).toISOString(),
    packets: column(1e4),
    bits: column(1e7),
    flows: column(100),
    drops: column(1),
    classes: Object.fromEntries(kClasses.map((label) => [label, column(10)])),
    alerts: { high: column(0), medium: column(0), low: column(0) },
  }),
  "/api/jobs": () => ({ jobs: [] }),
  "/api/alerts": () => ({ alerts: [], groups: [], next: null, total: 0 }),
  "/api/overview": () => ({ from: "", to: "", totals: { flows: 1, packets: 1, bytes: 1, alerts: 0 }, before: null, classes: [], severities: [], talkers: [], protocols: [], applications: [] }),
};

function answer(request, response) {
  const path = request.url.split("?")[0];
  if (path === "/api/events") {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    const timer = setInterval(() => response.write(`event: status\ndata: ${JSON.stringify(status())}\n\n`), 100);
    request.on("close", () => clearInterval(timer));
    return;
  }
  const made = kAnswers[path];
  if (made) return void response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(made()));
  const file = join(root, "web/dist", path);
  const found = path.startsWith("/assets/") && existsSync(file) ? file : join(root, "web/dist/index.html");
  response.writeHead(200, { "Content-Type": kTypes[found.split(".").at(-1)] ?? "text/plain" }).end(readFileSync(found));
}

async function trace(browser, milliseconds) {
  const session = await browser.newBrowserCDPSession();
  const events = [];
  session.on("Tracing.dataCollected", (chunk) => events.push(...chunk.value));
  const ended = new Promise((resolve) => session.on("Tracing.tracingComplete", resolve));
  await session.send("Tracing.start", { traceConfig: { includedCategories: ["devtools.timeline", "disabled-by-default-devtools.timeline"] }, transferMode: "ReportEvents" });
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  await session.send("Tracing.end");
  await ended;
  return events;
}

const server = createServer(answer).listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: process.getuid() === 0 ? ["--no-sandbox"] : [] });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(`http://127.0.0.1:${server.address().port}/overview?range=1h`);
await page.locator(".rates canvas").nth(3).waitFor();
await page.waitForTimeout(3000);
const events = await trace(browser, kSeconds * 1000);
await browser.close();
server.close();

const frame = events.find((event) => event.name === "FireAnimationFrame");
const own = events.filter((event) => event.tid === frame.tid && event.pid === frame.pid && event.tdur);
const cpu = (name) => own.filter((event) => event.name === name).reduce((sum, event) => sum + event.tdur / 1000, 0);
const updates = kSeconds * 10;
const line = (what, milliseconds) => console.log(`${what.padEnd(44)} ${(milliseconds / updates).toFixed(2)} ms`);
console.log(`${updates} updates, four charts of ${kPoints} points; CPU of the main thread per update:`);
line("script, in frames and events", cpu("FunctionCall"));
line("style, layout, paint", cpu("UpdateLayoutTree") + cpu("Layout") + cpu("PrePaint") + cpu("Paint"));
line("commit to the compositor", cpu("Commit"));
line("all (the target is < 16)", cpu("RunTask"));
