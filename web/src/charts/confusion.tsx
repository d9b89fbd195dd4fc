// A confusion matrix: rows are what flows were, columns what the model said. Shaded by the share of the row.
import { scaled } from "../units";

export function Confusion({ labels, counts }: { labels: string[]; counts: number[][] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Confusion matrix">
      <table class="confusion">
        <caption>Rows: what it was. Columns: what the model said.</caption>
        <thead>
          <tr>
            <td />
            {labels.map((label) => (
              <th key={label} scope="col">
                <span>{label}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map((label, row) => {
            const cells = counts[row] ?? [];
            const sum = cells.reduce((all, each) => all + each, 0);
            return (
              <tr key={label}>
                <th scope="row">{label}</th>
                {cells.map((count, column) => (
                  <Cell key={column} count={count} share={sum ? count / sum : 0} isRight={row === column} title={`${label}, told as ${labels[column]}: ${count} of ${sum}`} />
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ count, share, isRight, title }: { count: number; share: number; isRight: boolean; title: string }) {
  const { digits, prefix } = scaled(count);
  const strength = count === 0 ? 0 : 10 + 32 * Math.sqrt(share);
  const tint = `color-mix(in srgb, var(--${isRight ? "accent" : "high"}) ${strength.toFixed(0)}%, transparent)`;
  return (
    <td class={count === 0 ? "is-zero" : ""} style={{ background: tint }} title={title}>
      {count === 0 ? "·" : digits + prefix}
    </td>
  );
}
