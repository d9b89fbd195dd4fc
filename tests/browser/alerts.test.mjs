// An alert is triaged: found, looked at, judged, muted, archived.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./browser.mjs";
import { Dashboard, until } from "./dashboard.mjs";
import { startSensor } from "./sensor.mjs";

async function inbox(t) {
  const sensor = await startSensor(t, { speed: 20 });
  const { page, context } = await openPage(t);
  const dashboard = new Dashboard(page, sensor);
  await dashboard.enter();
  await dashboard.goTo("Alerts");
  await until(() => dashboard.alertRows().count(), (count) => count >= 5);
  return { page, context, dashboard };
}

const numbers = (dashboard) => dashboard.alertRows().evaluateAll((rows) => rows.map((row) => row.id));

test("a severe episode shows a banner on every page until it was looked at", async (t) => {
  const { page, dashboard } = await inbox(t);
  await dashboard.goTo("Health");
  const banner = page.locator(".banner.alarm");
  await banner.waitFor();
  await banner.getByRole("link", { name: "Look" }).click();
  await page.getByRole("heading", { name: /^Why / }).waitFor();
});

test("an alert tells its reasons, its flows, and what is like it", async (t) => {
  const { page, dashboard } = await inbox(t);
  await dashboard.alertRows().first().getByRole("link").click();
  await page.waitForURL(/\/alerts\/\d+/);
  const reasons = page.locator(".reasons li");
  assert.ok((await until(() => reasons.count(), (count) => count > 0)) >= 1);
  assert.match(await reasons.first().innerText(), /[+−]0\.\d{3}/, "a contribution");
  for (const heading of ["Peers", "Similar alerts", "History"]) await page.getByRole("heading", { name: heading }).waitFor();
  assert.ok((await until(() => dashboard.flowRows().count(), (count) => count > 0)) > 0);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "CSV" }).click()]);
  assert.match(download.suggestedFilename(), /\.csv$/);
});

test("e archives the row that j chose; it is found among the archived", async (t) => {
  const { page, dashboard } = await inbox(t);
  await page.keyboard.press("j");
  const chosen = await page.locator(".inbox tr.is-current").getAttribute("id");
  await page.keyboard.press("e");
  await dashboard.toast("archived").waitFor();
  assert.ok(!(await until(() => numbers(dashboard), (list) => !list.includes(chosen))).includes(chosen));
  await page.getByRole("button", { name: "archived" }).click();
  assert.ok((await until(() => numbers(dashboard), (list) => list.includes(chosen))).includes(chosen));
});

test("several are selected and told a false alarm", async (t) => {
  const { page, dashboard } = await inbox(t);
  for (const at of [0, 1]) await dashboard.alertRows().nth(at).getByRole("checkbox").check();
  await page.getByRole("toolbar").getByRole("button", { name: /False alarm/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Keep" }).click();
  await dashboard.toast("2 alerts are judged").waitFor();
  const judged = page.locator(".alert-state", { hasText: "was BENIGN" });
  assert.equal(await until(() => judged.count(), (count) => count === 2), 2);
});

test("a mute made from an alert stands in the list and can be lifted", async (t) => {
  const { page, dashboard } = await inbox(t);
  await dashboard.alertRows().first().getByRole("link").click();
  await page.getByRole("button", { name: /Mute/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Mute" }).click();
  await dashboard.toast("Muted").waitFor();
  await dashboard.goTo("Alerts");
  await page.getByRole("button", { name: /^Mutes/ }).click();
  const mutes = page.getByRole("dialog").locator("li");
  const before = await until(() => mutes.count(), (count) => count > 0);
  await mutes.last().getByRole("button", { name: "Lift" }).click();
  assert.equal(await until(() => mutes.count(), (count) => count === before - 1), before - 1);
});

test("groups stand in the address and hold the rows of their class", async (t) => {
  const { page, dashboard } = await inbox(t);
  await page.getByLabel("group by").selectOption("class");
  assert.equal(dashboard.query("group"), "class");
  const groups = await until(() => page.locator(".inbox tr.group").count(), (count) => count > 1);
  assert.ok(groups > 1);
  await page.reload();
  assert.ok((await until(() => page.locator(".inbox tr.group").count(), (count) => count > 1)) > 1);
});
