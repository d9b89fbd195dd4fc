// What a test has opened is closed in the opposite order: node's own t.after() stops the server before the page on it,
// which then complains.
const stacks = new WeakMap();

export function afterwards(t, close) {
  if (!stacks.has(t)) {
    const stack = [];
    stacks.set(t, stack);
    t.after(() => closeAll(stack));
  }
  stacks.get(t).push(close);
}

/** All of them, even where one fails; that is told at the end. */
async function closeAll(stack) {
  const faults = [];
  while (stack.length > 0) await Promise.resolve().then(stack.pop()).catch((fault) => faults.push(fault));
  if (faults.length > 0) throw faults[0];
}
