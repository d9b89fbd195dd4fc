// Which fields the filter box proposes at the caret. Pure; tested in tests/view.test.ts.
import type { FilterField } from "../api/types";

export interface Completion {
  field: FilterField;
  /** The whole filter with the field in it, and where the caret goes. */
  text: string;
  caret: number;
}

export function completions(filter: string, caret: number, fields: FilterField[]): Completion[] {
  const begin = wordBegin(filter, caret);
  const word = filter.slice(begin, caret).toLowerCase();
  if (/[:<>="]/.test(word)) return [];
  const end = filter.slice(caret).search(/[\s()]|$/) + caret;
  return fields
    .filter((field) => field.name.startsWith(word))
    .map((field) => {
      const put = field.type === "number" ? field.name : `${field.name}:`;
      return { field, text: filter.slice(0, begin) + put + filter.slice(end), caret: begin + put.length };
    });
}

/** Where the word under the caret begins, after a minus or parenthesis; blanks within quotes do not end a word. */
function wordBegin(filter: string, caret: number): number {
  let begin = 0;
  let isQuoted = false;
  for (let at = 0; at < caret; at += 1) {
    const letter = filter[at];
    if (letter === '"' && filter[at - 1] !== "\\") isQuoted = !isQuoted;
    if (!isQuoted && letter !== undefined && /[\s()]/.test(letter)) begin = at + 1;
  }
  return filter[begin] === "-" ? Math.min(begin + 1, caret) : begin;
}
