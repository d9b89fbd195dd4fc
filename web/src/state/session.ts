// Who is looking, and what they may do.
import { computed, signal } from "@preact/signals";
import type { Role, Session } from "../api/types";

/** Null until the server has said. */
export const session = signal<Session | null>(null);

/** Goes with every change; there is one before login, too. */
export const csrf = signal("");

export function enter(fresh: Session): void {
  csrf.value = fresh.csrf;
  session.value = fresh;
}

/** The session is gone: the login page shows. Its next step fetches a fresh token. */
export function leave(): void {
  const known = session.peek();
  if (known) session.value = { ...known, user: null, role: null };
}

const kRank: Record<Role, number> = { viewer: 0, analyst: 1, admin: 2 };

/** Has the person at least this role? */
export function may(least: Role): boolean {
  const role = session.value?.role;
  return role !== null && role !== undefined && kRank[role] >= kRank[least];
}

export const isAnalyst = computed(() => may("analyst"));
export const isAdmin = computed(() => may("admin"));

/** The one-time token that came with the address, as long as it was not exchanged. */
export const urlToken = signal("");
