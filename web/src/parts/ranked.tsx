// A ranked list: what there was most of, with a bar for the share and the change against before.
import type { ComponentChildren } from "preact";
import type { UnitName } from "../units";
import { Change, Value } from "./values";

export interface Rank {
  key: string;
  name: ComponentChildren;
  value: number;
  before?: number | null;
  /** Name of a CSS variable. */
  colour?: string;
  second?: number;
}

interface RankedProps {
  title: string;
  of: string;
  unit: UnitName;
  rows: Rank[];
  second?: { of: string; unit: UnitName };
  none: string;
  note?: string;
}

export function Ranked({ title, of, unit, rows, second, none, note }: RankedProps) {
  const most = Math.max(1e-12, ...rows.map((row) => row.value));
  const hasBefore = rows.some((row) => row.before !== null && row.before !== undefined);
  return (
    <section class="ranked">
      <h3>
        {title}
        {note && <span class="muted"> {note}</span>}
      </h3>
      {rows.length === 0 ? (
        <p class="none-yet">{none}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span class="hidden">{title}</span>
              </th>
              <th scope="col" class="number">
                {of}
              </th>
              {second && (
                <th scope="col" class="number">
                  {second.of}
                </th>
              )}
              {hasBefore && (
                <th scope="col" class="number" title="Against the same time before">
                  change
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}>
                <th scope="row">
                  <span class="bar" style={{ width: `${(row.value / most) * 100}%`, background: `var(--${row.colour ?? "bar"})` }} />
                  <span class="name">{row.name}</span>
                </th>
                <td class="number">
                  <Value of={row.value} as={unit} />
                </td>
                {second && (
                  <td class="number">
                    <Value of={row.second} as={second.unit} />
                  </td>
                )}
                {hasBefore && (
                  <td class="number">
                    <Change value={row.value} before={row.before ?? null} as={unit} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
