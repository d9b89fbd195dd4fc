import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyMatcher } from "../src/state/keys";

const kKeys = new Set(["?", "/", "g o", "g a", "j", "e", "esc"]);

function pressed(...presses: (string | { key: string; isTyping?: boolean; isModified?: boolean; at?: number })[]): (string | null)[] {
  const matcher = new KeyMatcher(kKeys);
  return presses.map((each, index) => {
    const press = typeof each === "string" ? { key: each } : each;
    return matcher.press({ isTyping: false, isModified: false, at: index * 100, ...press });
  });
}

test("single keys and sequences", () => {
  assert.deepEqual(pressed("j", "g", "a", "?"), ["j", null, "g a", "?"]);
});

test("a sequence that breaks off leaves the key its own meaning", () => {
  assert.deepEqual(pressed("g", "j", "a"), [null, "j", null]);
  assert.deepEqual(pressed("g", "g", "o"), [null, null, "g o"]);
});

test("a sequence has a second", () => {
  assert.deepEqual(pressed("g", { key: "o", at: 1000 }), [null, "g o"]);
  assert.deepEqual(pressed("g", { key: "o", at: 1001 }), [null, null]);
});

test("letters that are typed are text, all but Escape", () => {
  assert.deepEqual(pressed({ key: "e", isTyping: true }, { key: "Escape", isTyping: true }), [null, "esc"]);
});

test("the browser's own shortcuts are left to it", () => {
  assert.deepEqual(pressed({ key: "j", isModified: true }), [null]);
});
