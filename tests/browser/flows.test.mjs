// Flows: the filter finds them, the table holds any number, a mistake is told where it is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./browser.mjs";
import { Dashboard, until } from "./dashboard.mjs";
import { startSensor } from "./sensor.mjs";

async function flows(t) {
  const sensor = await startSensor(t, { speed: 20 });
  const { page, faults } = await openPage(t);
  const dashboard = new Dashboard(page, sensor);
  await dashboard.enter();
  await until(() => page.locator(".latest tbody tr").count(), (count) => count > 5);
  await dashboard.goTo("Flows");
  await until(() => dashboard.flowRows().count(), (count) => count > 5);
  return { page, dashboard, faults };
}

test("a filter finds what it says and nothing else", async (t) => {
  const { page, dashboard } = await flows(t);
  await dashboard.filter("proto:TCP dst.port:80");
  const targets = () => page.locator(".flow-table .body .port").allInnerTexts();
  await until(targets, (ports) => ports.length > 0 && ports.filter((_, at) => at % 2 === 1).every((port) => port === ":80"));
  const ports = await targets();
  assert.ok(ports.length > 0);
  assert.deepEqual([...new Set(ports.filter((_, at) => at % 2 === 1))], [":80"]);
});

test("a mistake in the filter is told at its place", async (t) => {
  const { page, dashboard, faults } = await flows(t);
  faults.allow(/400 \(Bad Request\)/);
  await dashboard.filter("colour:red");
  const said = await page.locator("#filter-error").innerText();
  assert.match(said, /colour/);
  await dashboard.filter("");
  await page.locator("#filter-error").waitFor({ state: "detached" });
});

test("only the rows in sight are elements, and scrolling brings the others", async (t) => {
  const { page, dashboard } = await flows(t);
  const matched = () => page.locator(".tools b").first().innerText();
  const count = Number((await until(matched, (text) => Number(text.replaceAll(",", "")) > 200)).replaceAll(",", ""));
  assert.ok(count > 200);
  assert.ok((await dashboard.flowRows().count()) < 80);
  const first = await dashboard.flowRows().first().getAttribute("aria-rowindex");
  await page.locator(".flow-table").evaluate((table) => (table.scrollTop = 4000));
  assert.notEqual(await until(() => dashboard.flowRows().first().getAttribute("aria-rowindex"), (index) => index !== first), first);
  assert.ok((await dashboard.flowRows().count()) < 80);
});

test("columns that are chosen stay chosen", async (t) => {
  const { page } = await flows(t);
  const header = page.getByRole("columnheader", { name: "VLAN" });
  assert.equal(await header.count(), 0);
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("checkbox", { name: "VLAN" }).check();
  await page.keyboard.press("Escape");
  await header.waitFor();
  await page.reload();
  await header.waitFor();
});

test("a row opens all features, which can be searched", async (t) => {
  const { page, dashboard } = await flows(t);
  await dashboard.flowRows().first().getByRole("cell").first().click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("searchbox").fill("iat");
  const names = await drawer.locator(".features th").allInnerTexts();
  assert.ok(names.length > 3 && names.every((name) => /iat/i.test(name)), names.join(", "));
});
