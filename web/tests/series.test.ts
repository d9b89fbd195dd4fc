import assert from "node:assert/strict";
import { test } from "node:test";
import type { Series, Status } from "../src/api/types";
import { paletteOf } from "../src/state/palette";
import { append, beginOf, columnsOf, emptyColumns, severityBars, shownFrom, stack } from "../src/state/series";

function statusAt(second: number, packets: number, classes: Record<string, number> = {}): Status {
  return {
    time: new Date(second * 1000).toISOString(),
    rates: { packets, bits: packets * 8, flows: 1, drops: 0 },
    classes: Object.entries(classes).map(([label, rate]) => ({ label, rate, flows: 0 })),
  } as Status;
}

test("one status is one point in every column", () => {
  let columns = append(emptyColumns(), statusAt(10, 5, { BENIGN: 2 }), 1);
  columns = append(columns, statusAt(11, 6, { BENIGN: 3, PortScan: 4 }), 1);
  assert.deepEqual(columns.times, [10, 11]);
  assert.deepEqual(columns.rates.packets, [5, 6]);
  assert.deepEqual(columns.classes.get("BENIGN"), [2, 3]);
  assert.deepEqual(columns.classes.get("PortScan"), [null, 4]); // not known before it was seen
});

test("the same status twice, as after a reconnection, is one point", () => {
  let columns = append(emptyColumns(), statusAt(10, 5), 1);
  columns = append(columns, statusAt(10, 5), 1);
  assert.deepEqual(columns.times, [10]);
});

test("a gap gets an empty point, so that no line crosses it", () => {
  let columns = append(emptyColumns(), statusAt(10, 5), 1);
  columns = append(columns, statusAt(40, 6), 1);
  assert.deepEqual(columns.times, [10, 11, 40]);
  assert.deepEqual(columns.rates.packets, [5, null, 6]);
});

test("a replay that begins again begins a new chart", () => {
  let columns = append(emptyColumns(), statusAt(1000, 5, { Bot: 1 }), 1);
  columns = append(columns, statusAt(10, 6), 1);
  assert.deepEqual(columns.times, [10]);
  assert.equal(columns.classes.size, 0);
});

test("no more points than asked for, all columns alike", () => {
  let columns = emptyColumns();
  for (let second = 0; second < 20; second += 1) columns = append(columns, statusAt(second, second, { BENIGN: second }), 1, 8);
  assert.deepEqual(columns.times, [12, 13, 14, 15, 16, 17, 18, 19]);
  assert.deepEqual(columns.classes.get("BENIGN"), columns.times);
});

test("where the last seconds begin", () => {
  const times = [0, 10, 20, 30, 40];
  assert.equal(beginOf(times, 20), 2);
  assert.equal(beginOf(times, 1000), 0);
  assert.equal(beginOf([], 10), 0);
});

test("a chart begins where something is known, but is a minute wide at least", () => {
  const times = Array.from({ length: 200 }, (_, at) => at);
  const knownFrom = (second: number) => times.map((at) => (at < second ? null : 1));
  assert.equal(shownFrom(times, knownFrom(50), 0), 50);
  assert.equal(shownFrom(times, knownFrom(50), 100), 100);
  assert.equal(shownFrom(times, knownFrom(190), 0), 139); // 199 - 60
  assert.equal(shownFrom(times, knownFrom(1000), 0), 0);
});

test("layers are sums from below; means of pieces; empty classes are left out", () => {
  const classes = new Map([
    ["a", [1, 3, 2, 2]],
    ["b", [10, 10, null, null]],
    ["c", [0, 0, 0, 0]],
  ]);
  const result = stack([0, 1, 2, 3], classes, ["a", "b", "c"], 0, 2);
  assert.deepEqual(result.times, [0, 2]);
  assert.deepEqual(result.layers, [
    { label: "a", tops: [2, 2] }, // (1+3)/2, (2+2)/2
    { label: "b", tops: [12, null] },
  ]);
});

const kSeries: Series = {
  step: 2,
  start: "1970-01-01T00:01:40Z",
  packets: [1, null],
  bits: [8, null],
  flows: [1, null],
  drops: [0, null],
  classes: { BENIGN: [1, null] },
  alerts: { high: [1, 0, 2], medium: [0, null, 0], low: [0, 1, 1] },
};

test("a series of the server becomes columns", () => {
  const columns = columnsOf(kSeries);
  assert.deepEqual(columns.times, [100, 102]);
  assert.deepEqual(columns.rates.packets, [1, null]);
});

test("alerts are summed into pieces, the last one shorter", () => {
  const { times, bars } = severityBars(kSeries, 2);
  assert.deepEqual(times, [100, 104]);
  assert.deepEqual(bars, { high: [1, 2], medium: [0, 0], low: [1, 1] });
});

test("benign is grey wherever it stands; the others keep the colour of their place", () => {
  const palette = paletteOf(["PortScan", "BENIGN", "Bot", "Bot"]);
  assert.deepEqual([...palette], [
    ["BENIGN", "benign"],
    ["Bot", "class-1"],
    ["PortScan", "class-2"],
  ]);
});
