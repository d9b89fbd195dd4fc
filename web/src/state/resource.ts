// Reading something from the API and keeping it fresh: what was read stays on the page while it is read again.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get } from "../api/client";
import { reconnected } from "./live";

interface State<T> {
  data: T | null;
  error: ApiError | null;
  isLoading: boolean;
}

export interface Resource<T> extends State<T> {
  reload: () => void;
}

type Query = Record<string, string | number | null | undefined>;

/**
 * `path` null: nothing to read yet. Read again when the address changes (the old request is cancelled), soon after
 * `version` changes (at most every `pause` ms, never two at once), and after the server came back.
 */
export function useResource<T>(path: string | null, query: Query = {}, version = 0, pause = 1000): Resource<T> {
  const [state, setState] = useState<State<T>>({ data: null, error: null, isLoading: true });
  const [turn, setTurn] = useState(0);
  const reader = useRef<Reader<T> | null>(null);
  const key = JSON.stringify([path, query]);
  const back = reconnected.value;

  useEffect(() => {
    if (path === null) return;
    const fresh = new Reader<T>((abort) => get<T>(path, query, abort), setState, pause);
    reader.current = fresh;
    fresh.now();
    return () => fresh.stop();
  }, [key, turn, back]);

  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) reader.current?.soon();
    isFirst.current = false;
  }, [version]);

  return { ...state, reload: () => setTurn((before) => before + 1) };
}

class Reader<T> {
  private readonly abort = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isReading = false;
  private isWanted = false;
  private readAt = 0;

  constructor(
    private readonly read: (abort: AbortSignal) => Promise<T>,
    private readonly show: (change: (before: State<T>) => State<T>) => void,
    private readonly pause: number,
  ) {}

  now(): void {
    this.timer = undefined;
    this.isReading = true;
    this.isWanted = false;
    this.readAt = performance.now();
    this.show((before) => ({ ...before, isLoading: true }));
    void this.read(this.abort.signal)
      .then(
        (data) => this.finish(() => ({ data, error: null, isLoading: false })),
        (error: unknown) => this.finish((before) => failed(before, error)),
      )
      .then(() => {
        if (this.isWanted) this.soon();
      });
  }

  soon(): void {
    if (this.isReading) this.isWanted = true;
    else this.timer ??= setTimeout(() => this.now(), Math.max(0, this.readAt + this.pause - performance.now()));
  }

  stop(): void {
    clearTimeout(this.timer);
    this.abort.abort();
  }

  private finish(change: (before: State<T>) => State<T>): void {
    this.isReading = false;
    if (!this.abort.signal.aborted) this.show(change);
    else this.isWanted = false;
  }
}

/** What is known stays while the server is away; an answer that says no takes its place. */
function failed<T>(before: State<T>, error: unknown): State<T> {
  const known = error instanceof ApiError ? error : new ApiError(0, String(error));
  return { data: known.status === 0 ? before.data : null, error: known, isLoading: false };
}
