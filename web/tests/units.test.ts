import assert from "node:assert/strict";
import { test } from "node:test";
import { change, clock, counted, duration, featureValue, kUnits, scaled, text } from "../src/units";

test("three significant digits and a prefix, at the borders too", () => {
  const shown = (value: number) => {
    const { digits, prefix } = scaled(value);
    return digits + prefix;
  };
  assert.equal(shown(0), "0");
  assert.equal(shown(999), "999");
  assert.equal(shown(999.5), "1.00k"); // would round to 1000
  assert.equal(shown(1000), "1.00k");
  assert.equal(shown(12_345), "12.3k");
  assert.equal(shown(999_499), "999k");
  assert.equal(shown(999_500), "1.00M");
  assert.equal(shown(-1500), "\u22121.50k");
  assert.equal(shown(0.123), "0.12");
  assert.equal(shown(9.999), "10.0");
  assert.equal(shown(1e24), "1000000E"); // beyond the last prefix nothing is lost
});

test("bytes and bits are told short, exact on hover", () => {
  assert.equal(text(kUnits.bytes.short(1_881_185_466)), "1.88 GB");
  assert.equal(kUnits.bytes.exact(1_881_185_466), "1,881,185,466 bytes");
  assert.equal(text(kUnits.bits_per_second.short(1_380_000)), "1.38 Mbit/s");
});

test("durations in human form", () => {
  assert.equal(text(duration(0)), "0 s");
  assert.equal(text(duration(0.000_073)), "73.0 µs");
  assert.equal(text(duration(0.0262)), "26.2 ms");
  assert.equal(text(duration(59.94)), "59.9 s");
  assert.equal(text(duration(60)), "1 min 0 s");
  assert.equal(text(duration(3725)), "1 h 2 min");
  assert.equal(text(duration(90_000)), "1 d 1 h");
});

test("a running time as a clock", () => {
  assert.equal(clock(3725.9), "01:02:05");
  assert.equal(clock(-1), "00:00:00");
  assert.equal(clock(90_061), "1 d 01:01:01");
});

test("a share below one is never told as 100 %", () => {
  assert.equal(text(kUnits.share.short(1)), "100.0 %");
  assert.equal(text(kUnits.share.short(0.9999)), ">99.9 %");
  assert.equal(text(kUnits.share.short(0.9994)), "99.9 %");
});

test("features in the unit of the catalogue", () => {
  assert.equal(text(featureValue(26_430, "µs")), "26.4 ms");
  assert.equal(text(featureValue(0.25, "-")), "0.25");
  assert.equal(text(featureValue(1, "packets")), "1 packet");
  assert.equal(text(featureValue(1, "addresses")), "1 address");
  assert.equal(text(featureValue(2, "1/s")), "2 1/s");
  assert.equal(counted(1, "flows"), "1 flow");
  assert.equal(counted(12_300, "flows"), "12.3 k flows");
});

test("change against before", () => {
  assert.equal(change(5, null), "");
  assert.equal(change(0, 0), "same");
  assert.equal(change(5, 0), "new");
  assert.equal(change(112, 100), "+12 %");
  assert.equal(change(78, 100), "\u221222 %");
  assert.equal(change(340, 100), "×3.4");
  assert.equal(change(0, 7), "\u2212100 %");
});
