// The filter: one line of the filter language, with fields proposed as they are typed and the server's word on mistakes.
import { signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { get } from "../api/client";
import type { FilterField } from "../api/types";
import { setView, view } from "../state/router";
import { completions } from "../state/completion";
import { Icon } from "./icons";

/** What the server last said was wrong with the filter; pages that read with it set this. */
export const filterError = signal<{ message: string; at: number | null } | null>(null);

const fields = signal<FilterField[]>([]);
let isAsked = false;

function loadFields(): void {
  if (isAsked) return;
  isAsked = true;
  get<{ fields: FilterField[] }>("/filter/fields").then(
    (answer) => (fields.value = answer.fields),
    () => (isAsked = false),
  );
}

export function FilterBox() {
  const input = useRef<HTMLInputElement>(null);
  const typed = useSignal(view.value.filter);
  const isOpen = useSignal(false);
  const chosen = useSignal(-1);
  const filter = view.value.filter;
  useEffect(() => {
    typed.value = filter;
  }, [filter]);

  const proposals = isOpen.value ? completions(typed.value, input.current?.selectionStart ?? typed.value.length, fields.value) : [];
  const apply = () => {
    isOpen.value = false;
    setView({ filter: typed.value });
  };
  const take = (index: number) => {
    const proposal = proposals[index];
    if (!proposal) return;
    typed.value = proposal.text;
    chosen.value = -1;
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(proposal.caret, proposal.caret);
    });
  };
  const press = (event: KeyboardEvent) => {
    const count = proposals.length;
    if (event.key === "ArrowDown" && count) chosen.value = (chosen.value + 1) % count;
    else if (event.key === "ArrowUp" && count) chosen.value = (chosen.value + count - 1) % count;
    else if (event.key === "Enter" && chosen.value >= 0) take(chosen.value);
    else if (event.key === "Tab" && chosen.value >= 0) take(chosen.value);
    else if (event.key === "Enter") apply();
    else if (event.key === "Escape") isOpen.value = false;
    else return;
    if (event.key !== "Escape") event.preventDefault();
  };
  const error = filter ? filterError.value : null;
  return (
    <div class={`filter-box ${error ? "is-wrong" : ""}`} role="search">
      <Icon name="search" />
      <input
        id="filter"
        ref={input}
        type="text"
        value={typed.value}
        placeholder="Filter: class:PortScan dst.port:22 bytes>1e6 not src:10.0.0.0/8"
        aria-label="Filter"
        aria-describedby={error ? "filter-error" : undefined}
        aria-invalid={error !== null}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={proposals.length > 0}
        aria-controls="filter-fields"
        aria-activedescendant={chosen.value >= 0 ? `field-${chosen.value}` : undefined}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        onFocus={() => {
          loadFields();
          isOpen.value = true;
        }}
        onBlur={() => (isOpen.value = false)}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
          isOpen.value = true;
          chosen.value = -1;
        }}
        onKeyDown={press}
      />
      {typed.value && (
        <button type="button" class="quiet" aria-label="Clear the filter" onClick={() => setView({ filter: (typed.value = "") })}>
          <Icon name="close" />
        </button>
      )}
      <kbd>/</kbd>
      {proposals.length > 0 && (
        <ul id="filter-fields" role="listbox" aria-label="Fields">
          {proposals.map((proposal, index) => (
            <li
              key={proposal.field.name}
              id={`field-${index}`}
              role="option"
              aria-selected={index === chosen.value}
              onMouseDown={(event) => {
                event.preventDefault();
                take(index);
              }}
            >
              <b>{proposal.field.name}</b>
              <span>{proposal.field.help}</span>
              <code>{proposal.field.example}</code>
            </li>
          ))}
        </ul>
      )}
      {error && (
        <p id="filter-error" class="filter-error" role="alert">
          {error.at !== null && <code>{pointer(filter, error.at)}</code>}
          {error.message}
        </p>
      )}
    </div>
  );
}

/** The filter from where it went wrong. */
function pointer(filter: string, at: number): string {
  const rest = filter.slice(at, at + 16);
  return rest ? `…${rest}${filter.length > at + 16 ? "…" : ""} ` : "";
}
