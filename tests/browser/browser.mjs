// A browser whose page must not complain: a test fails on any console error, uncaught exception or violation of the
// Content-Security-Policy, wherever it happens.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { afterwards } from "./afterwards.mjs";

export const kDesktop = { width: 1280, height: 800 };
export const kPhone = { width: 390, height: 844 };

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * A fresh page that belongs to the test `t`. `faults.allow(pattern)` lets console errors pass that the test brings about
 * itself, such as a server that is away.
 */
export async function openPage(t, { theme = "dark", size = kDesktop } = {}) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
  const context = await browser.newContext({ viewport: size, colorScheme: theme, acceptDownloads: true });
  const page = await context.newPage();
  const faults = watch(page);
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`CSP violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  afterwards(t, async () => {
    await browser.close();
    assert.deepEqual(faults.unexpected(), [], "the page complained");
  });
  return { page, context, faults };
}

function watch(page) {
  const seen = [];
  const allowed = [];
  page.on("console", (message) => {
    if (message.type() === "error") seen.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => seen.push(`uncaught: ${error.stack ?? error.message}`));
  return {
    allow: (pattern) => allowed.push(pattern),
    unexpected: () => seen.filter((text) => !allowed.some((pattern) => pattern.test(text))),
  };
}

/** Serious and critical faults that axe-core finds, as short texts. */
export async function accessibilityFaults(page) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return result.violations
    .filter((fault) => fault.impact === "serious" || fault.impact === "critical")
    .map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(", ")}`);
}
