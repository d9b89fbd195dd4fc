import assert from "node:assert/strict";
import { test } from "node:test";
import type { FilterField } from "../src/api/types";
import { completions } from "../src/state/completion";
import { hasTerm, queryOf, quoted, spanOf, term, topTerms, viewOf, withTerm, withoutTerm } from "../src/state/view";

const read = (query: string) => viewOf(new URLSearchParams(query));

test("a plain page has a plain address, and every view survives the way through it", () => {
  assert.deepEqual(queryOf(read("")), { q: null, range: null, from: null, to: null });
  const zoomed = "q=class%3APortScan&range=6h&from=2026-01-01T00%3A00%3A00.000Z&to=2026-01-01T01%3A00%3A00.000Z";
  const kept = Object.entries(queryOf(read(zoomed))).filter((pair): pair is [string, string] => pair[1] !== null);
  assert.equal(new URLSearchParams(kept).toString(), zoomed);
});

test("nonsense in the address is the default, not an error", () => {
  assert.equal(read("range=soon").range, "15m");
  assert.equal(read("from=2026-01-02T00:00:00Z").zoom, null);
  assert.equal(read("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z").zoom, null); // ends before it begins
  assert.equal(read("from=x&to=y").zoom, null);
});

test("live goes up to now, a zoom has both ends", () => {
  assert.deepEqual(spanOf(read("range=1h")), { from: "-1h" });
  assert.deepEqual(spanOf(read("from=2026-01-01T00:00:00Z&to=2026-01-01T01:00:00Z")), {
    from: "2026-01-01T00:00:00Z",
    to: "2026-01-01T01:00:00Z",
  });
});

test("now is the time of the packets where a replay is of long ago", () => {
  assert.deepEqual(spanOf(read("range=1h"), "2017-07-07T12:00:00.000Z"), { from: "2017-07-07T11:00:00.000Z", to: "2017-07-07T12:00:00.000Z" });
});

test("values are quoted where they would be read as something else", () => {
  assert.equal(quoted("PortScan"), "PortScan");
  assert.equal(quoted("DoS SYN flood"), '"DoS SYN flood"');
  assert.equal(quoted("2001:db8::1"), "2001:db8::1");
  assert.equal(quoted("not"), '"not"');
  assert.equal(quoted("-x"), '"-x"');
  assert.equal(quoted(""), '""');
  // A name from the wire must not break out of its quotes.
  assert.equal(quoted('a" or class:BENIGN'), '"a\\" or class:BENIGN"');
  assert.equal(quoted("a\\"), '"a\\\\"');
});

test("terms at the top level; parentheses and or are left alone", () => {
  assert.deepEqual(topTerms('class:"DoS SYN flood" not src:10.0.0.0/8 -port:53 bytes>1e6 and word'), [
    'class:"DoS SYN flood"',
    "not src:10.0.0.0/8",
    "-port:53",
    "bytes>1e6",
    "word",
  ]);
  assert.equal(topTerms("class:a or class:b"), null);
  assert.equal(topTerms("(class:a)"), null);
  assert.deepEqual(topTerms("  "), []);
});

test("clicking adds a term, replaces another value of the field, and never doubles", () => {
  assert.equal(withTerm("", "class:PortScan"), "class:PortScan");
  assert.equal(withTerm("class:PortScan proto:TCP", "class:Bot"), "proto:TCP class:Bot");
  assert.equal(withTerm("proto:TCP", "not proto:TCP"), "not proto:TCP");
  assert.equal(withTerm("not class:Bot", "class:Bot"), "class:Bot");
  assert.equal(withTerm("not class:Bot", "not class:Scan"), "not class:Bot not class:Scan");
  assert.equal(withTerm("class:a or class:b", "proto:TCP"), "(class:a or class:b) proto:TCP");
});

test("clicking again removes it", () => {
  const filter = withTerm("proto:TCP", term("class", "DoS SYN flood"));
  assert.ok(hasTerm(filter, 'class:"DoS SYN flood"'));
  assert.equal(withoutTerm(filter, 'class:"DoS SYN flood"'), "proto:TCP");
});

const kFields: FilterField[] = [
  { name: "dst", type: "address", help: "", example: "" },
  { name: "dst.port", type: "number", help: "", example: "" },
  { name: "class", type: "text", help: "", example: "" },
];
const proposed = (filter: string, caret = filter.length) => completions(filter, caret, kFields).map((each) => each.text);

test("fields are proposed at the caret", () => {
  assert.deepEqual(proposed("proto:TCP d"), ["proto:TCP dst:", "proto:TCP dst.port"]);
  assert.deepEqual(proposed("-cl"), ["-class:"]);
  assert.deepEqual(proposed("(cl"), ["(class:"]);
  assert.deepEqual(proposed("class:d"), []); // a value is being typed
  assert.deepEqual(proposed('name:"a d'), []); // within quotes
  assert.deepEqual(proposed("d port:1", 1), ["dst: port:1", "dst.port port:1"]);
});
