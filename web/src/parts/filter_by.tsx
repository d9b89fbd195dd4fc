// Click anything to filter everything: a value that adds a term to the filter, with Shift one that leaves it out.
import type { ComponentChildren } from "preact";
import { setView, view } from "../state/router";
import { hasTerm, term, withTerm, withoutTerm } from "../state/view";

interface FilterByProps {
  field: string;
  value: string | number;
  children?: ComponentChildren;
  class?: string;
}

export function filterBy(field: string, value: string | number, isExcluded = false): void {
  const wanted = term(field, value);
  const filter = view.value.filter;
  if (isExcluded) setView({ filter: withTerm(filter, `not ${wanted}`) });
  else setView({ filter: hasTerm(filter, wanted) ? withoutTerm(filter, wanted) : withTerm(filter, wanted) });
}

export function FilterBy({ field, value, children, ...rest }: FilterByProps) {
  const wanted = term(field, value);
  const isOn = hasTerm(view.value.filter, wanted);
  const click = (event: MouseEvent) => {
    event.stopPropagation();
    filterBy(field, value, event.shiftKey);
  };
  return (
    <button
      type="button"
      class={`filter-by ${isOn ? "is-on" : ""} ${rest.class ?? ""}`}
      title={isOn ? `Remove ${wanted} from the filter` : `Filter by ${wanted} (with Shift: leave it out)`}
      aria-pressed={isOn}
      onClick={click}
    >
      {children ?? String(value)}
    </button>
  );
}
