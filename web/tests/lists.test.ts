import assert from "node:assert/strict";
import { test } from "node:test";
import { LineSplitter } from "../src/api/lines";
import type { AlertRow } from "../src/api/types";
import { placesOf } from "../src/charts/reasons_places";
import { grouped, shownOrder } from "../src/pages/alert_groups";
import { windowOf } from "../src/state/window";

test("lines however the network cuts them", () => {
  const splitter = new LineSplitter();
  assert.deepEqual(splitter.push('{"a":1}\n{"b"'), ['{"a":1}']);
  assert.deepEqual(splitter.push(":2}\n\n"), ['{"b":2}']);
  assert.deepEqual(splitter.push("{}"), []);
  assert.deepEqual(splitter.end(), ["{}"]);
  assert.deepEqual(splitter.end(), []);
});

test("only the rows in sight and a few beside them", () => {
  assert.deepEqual(windowOf(0, 280, 28, 1_000_000), { begin: 0, end: 18 });
  assert.deepEqual(windowOf(28_000, 280, 28, 1_000_000), { begin: 992, end: 1018 });
  assert.deepEqual(windowOf(28_000, 280, 28, 5), { begin: 5, end: 5 }); // scrolled below what is left
  assert.deepEqual(windowOf(-50, 280, 28, 3), { begin: 0, end: 3 });
});

const alert = (number: number, label: string, source: string) => ({ number, label, source, time: "t" }) as AlertRow;
const kAlerts = [alert(3, "Scan", "a"), alert(2, "Bot", "b"), alert(1, "Scan", "b")];

test("groups in the server's order, with what is loaded of each", () => {
  const groups = [
    { key: "Bot", alerts: 9, latest: "t" },
    { key: "Scan", alerts: 2, latest: "t" },
  ];
  const result = grouped(kAlerts, groups, "class");
  assert.deepEqual(result.map((each) => [each.group?.key, each.group?.alerts, each.alerts.length]), [["Bot", 9, 1], ["Scan", 2, 2]]);
  assert.deepEqual(shownOrder(kAlerts, groups, "class").map((each) => each.number), [2, 3, 1]);
});

test("ungrouped, and grouped before the server told the groups", () => {
  assert.deepEqual(shownOrder(kAlerts, [], "none").map((each) => each.number), [3, 2, 1]);
  assert.deepEqual(shownOrder(kAlerts, [], "source").map((each) => each.number), [3, 2, 1]);
});

test("a value against the usual range, in order and within the line", () => {
  const inside = placesOf(5, 0, 10);
  assert.ok(inside.low < inside.value && inside.value < inside.high && !inside.isLogarithmic);
  const far = placesOf(100_000, 0, 10);
  assert.ok(far.isLogarithmic && far.high < far.value && far.value <= 1);
  assert.ok(far.high > 0.15, "on a linear line the range would be a hundredth of a per cent wide");
  const negative = placesOf(-3, 0, 2);
  assert.ok(negative.value < negative.low && !negative.isLogarithmic);
  const flat = placesOf(0, 0, 0);
  assert.ok([flat.value, flat.low, flat.high].every(Number.isFinite));
});
