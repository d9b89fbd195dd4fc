// The overview lives, filters by a click, zooms, and keeps it all in the address.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./browser.mjs";
import { Dashboard, until } from "./dashboard.mjs";
import { startSensor } from "./sensor.mjs";

async function enter(t, options = {}) {
  const sensor = await startSensor(t);
  const { page, faults } = await openPage(t, options);
  const dashboard = new Dashboard(page, sensor);
  await dashboard.enter();
  return { page, dashboard, faults };
}

test("rates, classes and totals move while packets come", async (t) => {
  const { page, dashboard } = await enter(t);
  const packets = () => page.locator(".strip dl > div", { hasText: "packets" }).locator(".value").getAttribute("title");
  const first = await until(packets, (text) => text !== null && text !== "0");
  const later = await until(packets, (text) => text !== first);
  assert.ok(Number(later.replaceAll(",", "")) > Number(first.replaceAll(",", "")), `${first}, then ${later}`);
  for (const title of ["Packets", "Traffic", "New flows", "Lost packets"]) {
    await dashboard.chart(title).locator("canvas").waitFor();
  }
  const before = await dashboard.captureSeconds();
  assert.ok((await until(() => dashboard.captureSeconds(), (seconds) => seconds > before)) > before);
  const legend = await until(() => dashboard.chart("Classes over time").locator(".legend li").count(), (count) => count > 1);
  assert.ok(legend > 1, "more than one class within the first minute of the recording");
});

test("every chart has a table behind it", async (t) => {
  const { dashboard } = await enter(t);
  for (const title of ["Packets", "Traffic", "New flows", "Lost packets", "Classes over time", "Alert episodes"]) {
    const chart = dashboard.chart(title);
    await chart.getByRole("button", { name: /show as table/ }).click();
    const rows = await until(() => chart.locator("tbody tr").count(), (count) => count > 0);
    assert.ok(rows > 0, title);
  }
});

test("a class that is clicked filters everything, and back takes it away", async (t) => {
  const { page, dashboard } = await enter(t);
  const classes = page.locator(".ranked", { hasText: "Classes" }).first();
  const scan = classes.getByRole("button", { name: "PortScan" });
  await scan.waitFor();
  await scan.click();
  assert.equal(dashboard.query("q"), "class:PortScan");
  const names = () => classes.locator("tbody .name").allInnerTexts();
  assert.deepEqual(await until(names, (list) => list.length === 1), ["PortScan"]);
  await dashboard.goTo("Alerts");
  assert.equal(dashboard.query("q"), "class:PortScan", "the filter goes along");
  await page.goBack();
  await page.goBack();
  assert.equal(dashboard.query("q"), null);
  assert.ok((await until(names, (list) => list.length > 1)).length > 1);
});

test("a zoom pauses live, escape goes back to it", async (t) => {
  const { page, dashboard } = await enter(t);
  await dashboard.chart("Packets").locator("canvas").waitFor();
  await until(() => dashboard.captureSeconds(), (seconds) => seconds > 5);
  await dashboard.zoom("Packets", 0.2, 0.7);
  await page.getByRole("button", { name: "Live" }).waitFor();
  assert.ok(Date.parse(dashboard.query("from")) < Date.parse(dashboard.query("to")));
  await page.keyboard.press("Escape");
  await page.getByRole("group", { name: "Span of time" }).waitFor();
  assert.equal(dashboard.query("from"), null);
});

test("a verdict opens with all its features", async (t) => {
  const { page } = await enter(t);
  await page.locator(".latest tbody tr").first().click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("features").first().waitFor();
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
});

test("the theme is the system's until one is chosen, which is kept", async (t) => {
  const { page } = await enter(t, { theme: "light" });
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  assert.equal(await theme(), "light");
  await page.getByRole("button", { name: /^Theme/ }).click();
  assert.equal(await theme(), "dark");
  await page.reload();
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  assert.equal(await theme(), "dark");
});

test("keys go to pages, to the filter, and tell what there is", async (t) => {
  const { page, dashboard } = await enter(t);
  for (const [key, path] of [["a", "/alerts"], ["f", "/flows"], ["m", "/models"], ["c", "/capture"], ["h", "/health"], ["o", "/overview"]]) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await page.waitForURL(`**${path}`);
  }
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard" });
  await help.waitFor();
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  await page.keyboard.press("/");
  await page.keyboard.type("gf?");
  assert.equal(await page.getByRole("combobox", { name: "Filter" }).inputValue(), "gf?", "letters that are typed are text");
  assert.equal(new URL(page.url()).pathname, "/overview");
  await dashboard.filter("");
});
