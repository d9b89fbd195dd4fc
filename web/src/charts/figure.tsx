// The frame of every chart: a title, what it says right now, and the table behind it.
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { Icon } from "../parts/icons";

export interface TableBehind {
  columns: string[];
  rows: (string | number)[][];
}

interface FigureProps {
  title: string;
  /** Shown at the right of the title: the current value, a legend. */
  aside?: ComponentChildren;
  /** Made only when it is looked at. */
  table: () => TableBehind;
  class?: string;
  children: ComponentChildren;
}

export function Figure({ title, aside, table, children, ...rest }: FigureProps) {
  const [isTable, setIsTable] = useState(false);
  const id = useId();
  return (
    <figure class={`figure ${rest.class ?? ""}`} aria-labelledby={id}>
      <figcaption>
        <h3 id={id}>{title}</h3>
        <div class="aside">{aside}</div>
        <button
          type="button"
          class="quiet as-table"
          aria-pressed={isTable}
          title={isTable ? "Show as chart" : "Show as table"}
          aria-label={`${title}: show as ${isTable ? "chart" : "table"}`}
          onClick={() => setIsTable(!isTable)}
        >
          <Icon name="table" />
        </button>
      </figcaption>
      {isTable ? <Behind {...table()} /> : children}
    </figure>
  );
}

function Behind({ columns, rows }: TableBehind) {
  return (
    <div class="behind" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, at) => (
                <td key={at}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
