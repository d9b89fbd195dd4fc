// A query for flows: rows arrive as a stream with its progress; leaving or changing the query cancels it at the server.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError, address, reach } from "../api/client";
import { readLines } from "../api/lines";
import type { FlowLine, FlowRow } from "../api/types";
import { reconnected } from "./live";

export interface FlowQuery {
  rows: FlowRow[];
  /** How much of the span was looked through, 0 to 1; null: not running. */
  progress: number | null;
  scanned: number;
  matched: number | null;
  next: string | null;
  error: ApiError | null;
  more: () => void;
  cancel: () => void;
  again: () => void;
}

type Known = Omit<FlowQuery, "more" | "cancel" | "again">;
type Query = Record<string, string | number | null | undefined>;

const kNothing: Known = { rows: [], progress: 0, scanned: 0, matched: null, next: null, error: null };

export function useFlows(path: string, query: Query): FlowQuery {
  const [known, setKnown] = useState<Known>(kNothing);
  const [turn, setTurn] = useState(0);
  const running = useRef<AbortController | null>(null);
  const key = JSON.stringify([path, query]);
  const back = reconnected.value;

  const read = useCallback(
    (cursor: string | null) => {
      running.current?.abort();
      const abort = new AbortController();
      running.current = abort;
      setKnown((before) => (cursor ? { ...before, progress: 0, error: null } : { ...kNothing, rows: before.rows }));
      void stream(address(path, { ...query, cursor }), abort, cursor === null, setKnown);
    },
    [key],
  );

  useEffect(() => {
    read(null);
    return () => running.current?.abort();
  }, [read, turn, back]);

  return {
    ...known,
    more: () => {
      if (known.next !== null && known.progress === null) read(known.next);
    },
    cancel: () => {
      running.current?.abort();
      setKnown((before) => ({ ...before, progress: null }));
    },
    again: () => setTurn((before) => before + 1),
  };
}

type SetKnown = (change: (before: Known) => Known) => void;

/** Rows of the query before stay on the page until the first of this one, so that nothing flickers. */
async function stream(url: string, abort: AbortController, isAnew: boolean, setKnown: SetKnown): Promise<void> {
  let isFirst = isAnew;
  const take = (line: FlowLine) => {
    if (abort.signal.aborted) return;
    if ("error" in line) throw new ApiError(500, line.error);
    setKnown((before) => taken(before, line, isFirst));
    if (!("progress" in line)) isFirst = false;
  };
  try {
    await readLines<FlowLine>(await reach(url, { signal: abort.signal }), take);
  } catch (failure) {
    if (abort.signal.aborted) return;
    const error = failure instanceof ApiError ? failure : new ApiError(0, "The answer broke off. Try again.");
    setKnown((before) => ({ ...before, rows: error.status === 0 ? before.rows : [], progress: null, error }));
  }
}

function taken(before: Known, line: Exclude<FlowLine, { error: string }>, isFirst: boolean): Known {
  if ("progress" in line) return { ...before, progress: line.progress, scanned: line.scanned };
  const kept = isFirst ? [] : before.rows;
  if ("rows" in line) return { ...before, rows: [...kept, ...line.rows] };
  return { ...before, rows: kept, progress: null, next: line.next, matched: line.matched };
}
