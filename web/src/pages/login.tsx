// Login, and at the first start the making of the first account.
import { useSignal } from "@preact/signals";
import { signIn } from "../api/client";
import { go, place } from "../state/router";
import { urlToken } from "../state/session";

export function LoginPage({ needsSetup }: { needsSetup: boolean }) {
  const error = useSignal("");
  const isBusy = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const body = Object.fromEntries(form);
    isBusy.value = true;
    try {
      await signIn(needsSetup ? "/setup" : "/login", body);
      if (place.value.path === "/login") go("/overview", true);
    } catch (failure) {
      error.value = failure instanceof Error ? failure.message : String(failure);
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <main class="login">
      <form onSubmit={(event) => void submit(event)}>
        <div class="brand">
          <svg viewBox="0 0 24 16" width="36" height="24" aria-hidden="true">
            <path d="M1 2h22M5 7h14M9 12h6" />
            <circle cx="12" cy="15" r="1" />
          </svg>
          <h1>flowsift</h1>
        </div>
        <p class="muted">
          {needsSetup
            ? "First start: make the administrator's account. The setup token stands on the terminal where flowsift runs."
            : "Watches network traffic and says, with reasons, which flows do not belong."}
        </p>
        {needsSetup && <Field name="token" label="Setup token" autocomplete="off" value={urlToken.value} />}
        <Field name="user" label="User" autocomplete="username" />
        <Field name="password" label="Password" type="password" autocomplete={needsSetup ? "new-password" : "current-password"} />
        {error.value && (
          <p class="form-error" role="alert">
            {error.value}
          </p>
        )}
        <button type="submit" class="accent" disabled={isBusy.value}>
          {needsSetup ? "Make the account" : "Log in"}
        </button>
        {!needsSetup && <p class="muted small">Or open the address with the one-time token that flowsift printed when it started.</p>}
      </form>
    </main>
  );
}

interface FieldProps {
  name: string;
  label: string;
  autocomplete: string;
  type?: string;
  value?: string;
}

function Field({ name, label, autocomplete, type = "text", value = "" }: FieldProps) {
  return (
    <label>
      <span>{label}</span>
      <input name={name} type={type} defaultValue={value} required autocomplete={autocomplete} autocapitalize="off" spellcheck={false} />
    </label>
  );
}
