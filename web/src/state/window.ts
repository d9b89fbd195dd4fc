// Which rows of a long table are in sight. Pure; tested in tests/window.test.ts.

const kSpare = 8;

/** Indices from `begin` up to but without `end`, with a few spare rows on both sides. */
export function windowOf(top: number, height: number, rowHeight: number, count: number): { begin: number; end: number } {
  const first = Math.floor(Math.max(0, top) / rowHeight);
  const last = Math.ceil((Math.max(0, top) + height) / rowHeight);
  const end = Math.min(count, last + kSpare);
  return { begin: Math.max(0, Math.min(first - kSpare, end)), end };
}
