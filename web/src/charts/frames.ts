// One animation frame for all charts: however many updates come between two frames, each chart is drawn once.
const waiting = new Set<() => void>();
let frame = 0;

export function draw(task: () => void): void {
  waiting.add(task);
  if (frame) return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    const tasks = [...waiting];
    waiting.clear();
    performance.mark("charts-begin");
    for (const run of tasks) run();
    performance.measure("charts", "charts-begin");
    performance.clearMarks("charts-begin");
  });
}

export function forget(task: () => void): void {
  waiting.delete(task);
}
