// The server goes and comes back: the page says so, keeps what it knew, and connects again by itself.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { afterwards } from "./afterwards.mjs";
import { openPage } from "./browser.mjs";
import { Dashboard } from "./dashboard.mjs";
import { hasProcess, startSensor } from "./sensor.mjs";

test("live comes back after a restart, without a reload", { skip: !hasProcess && "the process is not ours" }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "flowsift-restart-"));
  afterwards(t, () => rmSync(folder, { recursive: true, force: true }));
  const first = await startSensor(t, { folder });
  const { page, faults } = await openPage(t);
  faults.allow(/ERR_(CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|NETWORK_CHANGED)/);
  await new Dashboard(page, first).enter();
  await page.locator(".connection.live").waitFor();

  await first.stop();
  await page.locator(".banner.offline").waitFor();
  await page.locator(".rates canvas").first().waitFor();

  await startSensor(t, { folder, port: Number(new URL(first.origin).port) });
  await page.locator(".connection.live").waitFor({ timeout: 60_000 });
  await page.locator(".banner.offline").waitFor({ state: "detached" });
});
