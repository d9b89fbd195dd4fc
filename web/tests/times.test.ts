// Run with TZ=Asia/Kolkata, UTC+5:30 (scripts/unit-tests.mjs): whatever confuses local time with UTC shows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, localTime, rangeSeconds, rfc3339, secondsOf, utcTime } from "../src/times";

const kAt = "2017-07-07T12:00:00.123456Z";

test("local on the page, UTC on hover, no digit of it lost", () => {
  assert.equal(localTime(kAt, new Date("2017-07-07T20:00:00Z")), "Jul 7 17:30:00"); // there it is the 8th by then
  assert.equal(utcTime(kAt), "2017-07-07 12:00:00.123456 UTC");
});

test("the date stands there unless it is today, the year unless it is this one", () => {
  assert.equal(localTime(kAt, new Date("2017-07-07T13:00:00Z")), "17:30:00");
  assert.equal(localTime(kAt, new Date("2017-07-09T13:00:00Z")), "Jul 7 17:30:00");
  assert.equal(localTime(kAt, new Date("2026-07-07T13:00:00Z")), "Jul 7 2017 17:30:00");
  assert.equal(localTime("nonsense"), "?");
});

test("how long ago", () => {
  const now = Date.parse("2017-07-07T12:03:00Z");
  assert.equal(ago("2017-07-07T12:02:59.500Z", now), "now");
  assert.equal(ago("2017-07-07T12:02:15Z", now), "45 s ago");
  assert.equal(ago("2017-07-07T12:00:00Z", now), "3 min 0 s ago");
  assert.equal(ago("2017-07-07T12:04:00Z", now), ""); // a clock that runs ahead
});

test("seconds and back", () => {
  assert.equal(rfc3339(secondsOf("2017-07-07T12:00:00.500Z")), "2017-07-07T12:00:00.500Z");
  assert.equal(rangeSeconds("15m"), 900);
  assert.equal(rangeSeconds("7d"), 604_800);
  assert.equal(rangeSeconds("0m"), null);
  assert.equal(rangeSeconds("fortnight"), null);
});
