// Where a value and the usual range of benign flows lie on one line. Pure; tested in tests/reasons.test.ts.

export interface Places {
  /** All from 0 to 1. */
  value: number;
  low: number;
  high: number;
  isLogarithmic: boolean;
}

const kRoom = 0.06;

/** Linear, or logarithmic where the value is more than fifty times the upper end and nothing is negative. */
export function placesOf(value: number, low: number, high: number): Places {
  const least = Math.min(value, low, 0);
  const most = Math.max(value, high);
  const isLogarithmic = least >= 0 && most > 50 * Math.max(1e-9, Math.min(...[value, high].filter((each) => each > 0)));
  const scale = isLogarithmic ? Math.log1p : (each: number) => each;
  const begin = scale(least);
  const span = scale(most) - begin || 1;
  const place = (each: number) => kRoom + ((scale(each) - begin) / span) * (1 - 2 * kRoom);
  return { value: place(value), low: place(low), high: place(high), isLogarithmic };
}
