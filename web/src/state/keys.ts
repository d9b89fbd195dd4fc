// Matching of key presses: single keys and sequences of two ("g o"). Pure; tested in tests/keys.test.ts.

export interface Press {
  key: string;
  /** Ctrl, Alt or Meta is held: the browser's own shortcut, never ours. */
  isModified: boolean;
  /** The focus is where letters are typed. */
  isTyping: boolean;
  at: number;
}

const kSequenceMs = 1000;

export class KeyMatcher {
  private first: { key: string; at: number } | null = null;

  constructor(private readonly sequences: ReadonlySet<string>) {}

  /** The sequence that this press completes, or null. Escape is the only one that counts while typing. */
  press(press: Press): string | null {
    if (press.isModified) return null;
    const key = press.key === "Escape" ? "esc" : press.key;
    if (press.isTyping && key !== "esc") return null;
    const first = this.first;
    this.first = null;
    if (first && press.at - first.at <= kSequenceMs) {
      const both = `${first.key} ${key}`;
      if (this.sequences.has(both)) return both;
    }
    if (this.beginsSequence(key)) this.first = { key, at: press.at };
    return this.sequences.has(key) ? key : null;
  }

  private beginsSequence(key: string): boolean {
    for (const sequence of this.sequences) if (sequence.startsWith(`${key} `)) return true;
    return false;
  }
}
