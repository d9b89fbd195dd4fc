// Who may look, and what each role may do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./browser.mjs";
import { Dashboard, kPassword, until } from "./dashboard.mjs";
import { hasProcess, startSensor } from "./sensor.mjs";

const kNeedsProcess = { skip: !hasProcess && "the process is not ours" };
const kUnauthorized = /401 \(Unauthorized\)/;

test("the printed link opens once, and its token does not stay in the address", kNeedsProcess, async (t) => {
  const sensor = await startSensor(t, { command: "watch" });
  const { page, faults } = await openPage(t);
  await new Dashboard(page, sensor).enter();
  assert.equal(new URL(page.url()).hash, "");
  const other = await openPage(t);
  other.faults.allow(kUnauthorized);
  other.faults.allow(/403 \(Forbidden\)/);
  await other.page.goto(sensor.link);
  await other.page.getByRole("button", { name: "Log in" }).waitFor();
  faults.allow(kUnauthorized);
});

async function firstAccount(t) {
  const sensor = await startSensor(t, { speed: 8 });
  const { page, faults } = await openPage(t);
  faults.allow(kUnauthorized);
  const dashboard = new Dashboard(page, sensor);
  await dashboard.enter();
  return { page, dashboard };
}

async function logIn(page, user, password) {
  await page.getByLabel("User").fill(user);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

test("the first account is made, a wrong password is refused, a viewer only looks", kNeedsProcess, async (t) => {
  const { page, dashboard } = await firstAccount(t);
  await dashboard.open("/users");
  await page.getByLabel("New user").fill("wall");
  await page.getByLabel("Role").selectOption("viewer");
  await page.locator("input[name=password]").fill(kPassword);
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByRole("row", { name: /wall/ }).first().waitFor();
  await page.getByRole("button", { name: "Log out" }).click();

  await logIn(page, "wall", "not the password");
  await page.getByRole("alert").waitFor();
  await logIn(page, "wall", kPassword);
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  await dashboard.open("/alerts");
  await until(() => dashboard.alertRows().count(), (count) => count > 0);
  assert.equal(await page.locator(".inbox input[type=checkbox]").count(), 0, "a viewer selects nothing");
  await dashboard.goTo("Capture");
  assert.equal(await page.getByRole("button", { name: "Stop" }).count(), 0, "a viewer stops nothing");
  await dashboard.open("/users");
  assert.equal(await page.getByRole("heading", { name: "Audit log" }).count(), 0);
});

test("what was changed stands in the audit log", kNeedsProcess, async (t) => {
  const { page, dashboard } = await firstAccount(t);
  await dashboard.goTo("Capture");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await dashboard.toast("stopped").waitFor();
  await dashboard.open("/users");
  await page.getByRole("region", { name: "Audit log" }).getByText(/capture/).first().waitFor();
});
