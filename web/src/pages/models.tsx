// Models: every training run, which one is active, what each would bring; train another, compare two.
import { useSignal } from "@preact/signals";
import { post, remove } from "../api/client";
import type { ModelRow, Models } from "../api/types";
import { Dialog } from "../parts/dialog";
import { Icon } from "../parts/icons";
import { Jobs } from "../parts/jobs";
import { Link } from "../parts/link";
import { Empty, Read } from "../parts/states";
import { attempt } from "../parts/toasts";
import { Time, Value } from "../parts/values";
import { jobs } from "../state/live";
import { useResource } from "../state/resource";
import { place, setQuery } from "../state/router";
import { isAdmin, isAnalyst } from "../state/session";
import { Comparison } from "./model_comparison";
import { TrainingForm } from "./training_form";

export function ModelsPage() {
  const isTraining = useSignal(false);
  const finished = jobs.value.filter((job) => job.kind === "training" && job.state === "done").length;
  const models = useResource<Models>("/models", {}, finished);
  const compared = (place.value.query.get("compare") ?? "").split(",").filter(Boolean);
  const choose = (name: string) => {
    const others = compared.filter((each) => each !== name).slice(-1);
    setQuery({ compare: (compared.includes(name) ? others : [...others, name]).join(",") || null }, true);
  };
  return (
    <div class="models">
      <header class="page-head">
        <h2>Models</h2>
        <span class="spring" />
        {isAdmin.value && models.data?.previous && <RollBack to={models.data.previous} done={models.reload} />}
        {isAnalyst.value && (
          <button type="button" class="accent" onClick={() => (isTraining.value = true)}>
            Train a model
          </button>
        )}
      </header>
      <Jobs kind="training" />
      <Read of={models}>
        {(data) =>
          data.models.length === 0 ? (
            <Empty title="No model yet">Train one from a labelled CSV, or from a capture with label rules.</Empty>
          ) : (
            <ModelTable models={data} compared={compared} choose={choose} done={models.reload} />
          )
        }
      </Read>
      {compared.length === 2 && compared[0] && compared[1] && <Comparison first={compared[0]} second={compared[1]} />}
      {isTraining.value && (
        <Dialog title="Train a model" close={() => (isTraining.value = false)}>
          <TrainingForm close={() => (isTraining.value = false)} />
        </Dialog>
      )}
    </div>
  );
}

function RollBack({ to, done }: { to: string; done: () => void }) {
  const back = () => void attempt(() => post("/models/rollback"), `${to} is active again.`).then(done);
  return (
    <button type="button" title={`Back to ${to}, which was active before`} onClick={back}>
      <Icon name="back" /> Roll back
    </button>
  );
}

interface ModelTableProps {
  models: Models;
  compared: string[];
  choose: (name: string) => void;
  done: () => void;
}

function ModelTable({ models, compared, choose, done }: ModelTableProps) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Models">
      <table class="rows">
        <thead>
          <tr>
            <th scope="col" title="Choose two to compare">
              Compare
            </th>
            <th scope="col">Name</th>
            <th scope="col">Trained</th>
            <th scope="col">Kind</th>
            <th scope="col">Schema</th>
            <th scope="col" class="number">Classes</th>
            <th scope="col" class="number">Rows</th>
            <th scope="col" class="number">Trees</th>
            <th scope="col" class="number" title="Mean F1 of its classes, on rows held out">Macro-F1</th>
            <th scope="col" class="number">Size</th>
            <th scope="col">
              <span class="hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {models.models.map((model) => (
            <tr key={model.name} class={model.name === models.active ? "is-active" : ""}>
              <td>
                <input type="checkbox" aria-label={`Compare ${model.name}`} checked={compared.includes(model.name)} onChange={() => choose(model.name)} />
              </td>
              <th scope="row">
                <Link to={`/models/${encodeURIComponent(model.name)}`}>{model.name}</Link>
                {model.name === models.active && <span class="tag active">active</span>}
                {model.name === models.previous && <span class="tag">before</span>}
              </th>
              <td>
                <Time at={model.created} />
              </td>
              <td>{model.kind}</td>
              <td>{model.schema}</td>
              <td class="number">{model.classes.length}</td>
              <td class="number">
                <Value of={model.rows} as="count" />
              </td>
              <td class="number">
                <Value of={model.trees} as="count" />
              </td>
              <td class="number">{model.macro_f1 === null ? <span class="none">–</span> : model.macro_f1.toFixed(3)}</td>
              <td class="number">
                <Value of={model.bytes} as="bytes" />
              </td>
              <td>
                <ModelActions model={model} isActive={model.name === models.active} done={done} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function ModelActions({ model, isActive, done }: { model: ModelRow; isActive: boolean; done: () => void }) {
  if (model.fits !== true) {
    return (
      <span class="unfit" title={model.fits}>
        does not fit
      </span>
    );
  }
  if (!isAdmin.value || isActive) return null;
  const path = `/models/${encodeURIComponent(model.name)}`;
  const activate = () => void attempt(() => post(`${path}/activate`), `${model.name} judges from now on.`).then(done);
  const drop = () => {
    if (window.confirm(`Delete the model ${model.name}? Its file is removed.`)) void attempt(() => remove(path), `${model.name} was deleted.`).then(done);
  };
  return (
    <span class="actions">
      <button type="button" onClick={activate}>
        Activate
      </button>
      <button type="button" class="quiet" aria-label={`Delete ${model.name}`} title="Delete" onClick={drop}>
        <Icon name="close" />
      </button>
    </span>
  );
}
