// A model is trained from an upload, looked at, and put to work; a capture is stopped and another started.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openPage } from "./browser.mjs";
import { Dashboard, until } from "./dashboard.mjs";
import { kRecordings, startSensor } from "./sensor.mjs";

const kTrainingMs = 120_000;

async function enter(t) {
  const sensor = await startSensor(t);
  const { page } = await openPage(t);
  const dashboard = new Dashboard(page, sensor);
  await dashboard.enter();
  return { page, dashboard };
}

test("a model is trained from an uploaded capture, judged, and activated", async (t) => {
  const { page, dashboard } = await enter(t);
  await dashboard.goTo("Models");
  await page.getByRole("button", { name: "Train a model" }).click();
  const form = page.getByRole("dialog", { name: "Train a model" });
  await form.getByLabel("Name").fill("from-upload");
  await form.locator("input[type=file]").setInputFiles(join(kRecordings, "train.pcap.zst"));
  await form.getByRole("textbox", { name: /Label rules/ }).fill(readFileSync(join(kRecordings, "train.rules.toml"), "utf8"));
  await form.getByLabel("Trees or rounds").fill("10");
  await form.getByRole("button", { name: "Train", exact: true }).click();
  const job = page.locator(".jobs li", { hasText: "from-upload" }).first();
  await job.locator(".word", { hasText: "done" }).waitFor({ timeout: kTrainingMs });

  await job.getByRole("link", { name: "Look at it" }).click();
  await page.getByRole("heading", { name: "from-upload" }).waitFor();
  await page.locator(".confusion").waitFor();
  await page.getByRole("button", { name: "Activate" }).click();
  await dashboard.toast("from-upload judges from now on").waitFor();
  await page.locator(".tag.active").waitFor();
});

test("the capture is stopped; an uploaded one is watched to its end", async (t) => {
  const { page, dashboard } = await enter(t);
  await dashboard.goTo("Capture");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.locator(".capture-now", { hasText: "Stopped" }).waitFor();
  await page.locator(".capture-start input[type=file]").setInputFiles(join(kRecordings, "heldout.pcap.zst"));
  await page.locator(".capture-start input[type=radio]:checked").waitFor();
  await page.getByLabel("Speed").selectOption("100");
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.locator(".capture-now", { hasText: "Running" }).waitFor();
  await page.locator(".capture-now", { hasText: "Stopped" }).waitFor({ timeout: 60_000 });
  const flows = page.locator(".capture-now dl > div", { hasText: "Flows" }).locator(".value");
  assert.ok(Number((await until(() => flows.getAttribute("title"), (text) => text !== "0")).replaceAll(",", "")) > 10_000);
});
