// Newline-delimited JSON, line by line as it arrives: a long query shows its progress and can be cancelled.

/** Splits arriving text into whole lines. Pure; tested in tests/lines.test.ts. */
export class LineSplitter {
  private rest = "";

  push(text: string): string[] {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    return lines.filter((line) => line.trim() !== "");
  }

  end(): string[] {
    const last = this.rest.trim();
    this.rest = "";
    return last ? [last] : [];
  }
}

/** Calls `onLine` for each line of the body. Rejects when the request was aborted or the connection broke. */
export async function readLines<T>(response: Response, onLine: (line: T) => void): Promise<void> {
  const splitter = new LineSplitter();
  const reader = response.body?.getReader();
  if (!reader) return;
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    const lines = done ? splitter.end() : splitter.push(decoder.decode(value, { stream: true }));
    for (const line of lines) onLine(JSON.parse(line) as T);
    if (done) return;
  }
}
