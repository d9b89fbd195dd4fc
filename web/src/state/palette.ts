// Which colour a class has: benign is grey, the others take the colour-blind-safe list in the order of their names, so that
// a class keeps its colour from page to page. Pure; tested in tests/series.test.ts.
export const kClassColours = 9;

export function isBenign(label: string): boolean {
  return /^(benign|normal)$/i.test(label);
}

/** Names of CSS variables by label: "benign", "class-1" … */
export function paletteOf(labels: Iterable<string>): Map<string, string> {
  const palette = new Map<string, string>();
  let next = 0;
  for (const label of [...new Set(labels)].sort()) {
    palette.set(label, isBenign(label) ? "benign" : `class-${(next++ % kClassColours) + 1}`);
  }
  return palette;
}
