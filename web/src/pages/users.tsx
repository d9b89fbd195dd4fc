// One's own password and leaving; for administrators also the accounts and the audit log.
import { useSignal } from "@preact/signals";
import { get, post, remove } from "../api/client";
import type { AuditEntry, Role, User } from "../api/types";
import { Icon } from "../parts/icons";
import { Read } from "../parts/states";
import { attempt } from "../parts/toasts";
import { Time } from "../parts/values";
import { useResource } from "../state/resource";
import { isAdmin, leave, session } from "../state/session";

const kLeastLetters = 10;
const kRoles: [Role, string][] = [
  ["viewer", "looks"],
  ["analyst", "looks, judges alerts, captures, trains"],
  ["admin", "all, and models in use and accounts"],
];

export function UsersPage() {
  return (
    <div class="users">
      <header class="page-head">
        <h2>{session.value?.user}</h2>
        <span class="muted">{session.value?.role}</span>
        <span class="spring" />
        <button type="button" onClick={() => void logOut()}>
          <Icon name="log_out" /> Log out
        </button>
      </header>
      <div class="two even">
        <div class="stack">
          {isAdmin.value && <Accounts />}
          <Password />
        </div>
        {isAdmin.value && <Audit />}
      </div>
    </div>
  );
}

async function logOut(): Promise<void> {
  if (await attempt(() => post("/logout"), "")) leave();
}

function formOf(event: SubmitEvent): { form: HTMLFormElement; values: Record<string, string> } {
  event.preventDefault();
  const form = event.currentTarget as HTMLFormElement;
  const values = Object.fromEntries([...new FormData(form)].map(([key, value]) => [key, String(value)]));
  return { form, values };
}

function Password() {
  const submit = async (event: SubmitEvent) => {
    const { form, values } = formOf(event);
    if (await attempt(() => post("/password", values), "The password was changed.")) form.reset();
  };
  return (
    <section>
      <h3>Change your password</h3>
      <form class="fields" onSubmit={(event) => void submit(event)}>
        <label class="field-over">
          <span>Now</span>
          <input name="old" type="password" required autocomplete="current-password" />
        </label>
        <label class="field-over">
          <span>New, {kLeastLetters} characters at least</span>
          <input name="new" type="password" required minLength={kLeastLetters} autocomplete="new-password" />
        </label>
        <button type="submit">Change</button>
      </form>
    </section>
  );
}

function Accounts() {
  const users = useResource<{ users: User[] }>("/users");
  const add = async (event: SubmitEvent) => {
    const { form, values } = formOf(event);
    if (!(await attempt(() => post("/users", values), `${values.user} has an account now.`))) return;
    form.reset();
    users.reload();
  };
  const drop = (user: User) => {
    if (!window.confirm(`Delete the account ${user.user}?`)) return;
    void attempt(() => remove(`/users/${encodeURIComponent(user.user)}`), `The account ${user.user} was deleted.`).then(users.reload);
  };
  return (
    <section>
      <h3>Accounts</h3>
      <Read of={users} lines={3}>
        {(data) => (
          <table class="rows">
            <thead>
              <tr>
                <th scope="col">User</th>
                <th scope="col">Role</th>
                <th scope="col">Made</th>
                <th scope="col">Last login</th>
                <th scope="col">
                  <span class="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.users.map((user) => (
                <tr key={user.user}>
                  <th scope="row">{user.user}</th>
                  <td>{user.role}</td>
                  <td>
                    <Time at={user.created} />
                  </td>
                  <td>{user.last_login ? <Time at={user.last_login} /> : <span class="muted">never</span>}</td>
                  <td>
                    {user.user !== session.value?.user && (
                      <button type="button" class="quiet" aria-label={`Delete ${user.user}`} onClick={() => drop(user)}>
                        <Icon name="close" />
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Read>
      <form class="fields" onSubmit={(event) => void add(event)}>
        <label class="field-over">
          <span>New user</span>
          <input name="user" required maxLength={32} pattern="[a-z0-9._\-]+" title="Small letters, digits, . _ -" autocomplete="off" autocapitalize="off" />
        </label>
        <label class="field-over">
          <span>Role</span>
          <select name="role">
            {kRoles.map(([role, means]) => (
              <option key={role} value={role}>
                {role}: {means}
              </option>
            ))}
          </select>
        </label>
        <label class="field-over">
          <span>Password</span>
          <input name="password" type="password" required minLength={kLeastLetters} autocomplete="new-password" />
        </label>
        <button type="submit">Add</button>
      </form>
    </section>
  );
}

const kPage = 30;

function Audit() {
  const first = useResource<{ entries: AuditEntry[] }>("/audit", { limit: kPage });
  const older = useSignal<AuditEntry[]>([]);
  const isAll = useSignal(false);
  const entries = [...(first.data?.entries ?? []), ...older.value];
  const more = () =>
    void attempt(async () => {
      const { entries: fresh } = await get<{ entries: AuditEntry[] }>("/audit", { limit: kPage, before: entries.at(-1)?.id });
      older.value = [...older.value, ...fresh];
      isAll.value = fresh.length < kPage;
    }, "");
  return (
    <section>
      <h3>Audit log</h3>
      <Read of={first} lines={10}>
        {() => (
          <div class="scroll" tabIndex={0} role="region" aria-label="Audit log">
            <table class="rows">
              <tbody>
                {entries.map((entry) => (
                  <tr key={entry.id}>
                    <td>
                      <Time at={entry.time} />
                    </td>
                    <th scope="row" title={`from ${entry.address}`}>
                      {entry.user}
                    </th>
                    <td>{entry.action}</td>
                    <td class="wide muted">{entry.detail}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            {!isAll.value && entries.length >= kPage && (
              <button type="button" class="more" onClick={more}>
                Older
              </button>
            )}
          </div>
        )}
      </Read>
    </section>
  );
}
