// Every page, both themes, desktop and phone: no complaint of the browser, no serious fault for axe-core, nothing wider than
// the screen. FLOWSIFT_SCREENSHOTS=folder keeps a picture of each.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { accessibilityFaults, kDesktop, kPhone, openPage } from "./browser.mjs";
import { Dashboard, until } from "./dashboard.mjs";
import { startSensor } from "./sensor.mjs";

const kPages = ["/overview", "/alerts", "/alerts/1", "/flows", "/models", "/capture", "/health", "/users"];
const kSettleMs = 1500;

for (const theme of ["dark", "light"]) {
  for (const [name, size] of [["desktop", kDesktop], ["phone", kPhone]]) {
    test(`${theme}, ${name}`, async (t) => {
      const sensor = await startSensor(t, { speed: 8 });
      const { page } = await openPage(t, { theme, size });
      const dashboard = new Dashboard(page, sensor);
      await dashboard.enter();
      await until(() => page.locator(".newest tbody tr").count(), (count) => count >= 3);
      for (const path of kPages) {
        await dashboard.open(path);
        await page.waitForTimeout(kSettleMs);
        assert.equal(await page.locator(".failed").count(), 0, `${path} could not be read: ${await page.locator(".failed").allInnerTexts()}`);
        assert.deepEqual(await accessibilityFaults(page), [], path);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= size.width, `${path} is ${width} px wide on ${size.width}`);
        const folder = process.env.FLOWSIFT_SCREENSHOTS;
        if (folder) await page.screenshot({ path: join(folder, `${path.slice(1).replace("/", "-")}-${theme}-${name}.png`) });
      }
    });
  }
}
