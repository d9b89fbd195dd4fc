// The class of a flow: a word with its colour that filters by it, and whether the flow is unlike anything learnt from.
import { colourOf } from "../state/colours";
import { isBenign } from "../state/palette";
import type { FlowRow } from "../api/types";
import { FilterBy } from "./filter_by";

export function ClassMark({ label }: { label: string }) {
  return <i class="swatch" style={{ background: `var(--${colourOf(label)})` }} />;
}

export function Verdict({ flow }: { flow: FlowRow }) {
  if (flow.label === null) return <span class="none">not judged</span>;
  return (
    <span class={`verdict ${isBenign(flow.label) ? "is-benign" : ""}`}>
      <ClassMark label={flow.label} />
      <FilterBy field="class" value={flow.label} />
      {flow.is_novel && (
        <span class="novel" title="Unlike anything the model learnt from">
          novel
        </span>
      )}
    </span>
  );
}
