// An analyst's word on alerts: right, a false alarm, or another class. What is said here teaches the next model.
import { useSignal } from "@preact/signals";
import { classLabels } from "../state/live";
import { isBenign } from "../state/palette";
import { act } from "../state/triage";
import { Dialog } from "./dialog";

export function VerdictDialog({ numbers, label, close }: { numbers: number[]; label: string | null; close: () => void }) {
  const classes = classLabels.value;
  const benign = classes.find(isBenign) ?? "BENIGN";
  const choice = useSignal("wrong");
  const other = useSignal("");
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const judgement =
      choice.value === "right" ? { is_right: true } : { is_right: false, label: choice.value === "wrong" ? benign : other.value };
    if (await act(numbers, "feedback", judgement)) close();
  };
  const option = (value: string, text: string) => (
    <label class="choice">
      <input type="radio" name="choice" checked={choice.value === value} onChange={() => (choice.value = value)} />
      <span>{text}</span>
    </label>
  );
  return (
    <Dialog title={numbers.length === 1 ? `Alert #${numbers[0]}: what was it?` : `${numbers.length} alerts: what were they?`} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        {option("wrong", `A false alarm: it was ${benign}`)}
        {option("right", label ? `Right: it was ${label}` : "Right: the classes are as told")}
        {option("other", "Another class:")}
        <input
          type="text"
          list="classes"
          aria-label="The class that it was"
          value={other.value}
          required={choice.value === "other"}
          maxLength={64}
          onFocus={() => (choice.value = "other")}
          onInput={(event) => (other.value = event.currentTarget.value)}
        />
        <datalist id="classes">
          {classes.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
        <div class="actions">
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="accent">
            Keep
          </button>
        </div>
      </form>
    </Dialog>
  );
}
