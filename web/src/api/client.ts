// Requests to the server: JSON in and out, the CSRF token on changes, errors as one sentence. A lost session shows the login.
import type { Session } from "./types";
import { csrf, enter, leave } from "../state/session";

export class ApiError extends Error {
  constructor(
    /** HTTP status; 0: the server was not reached. */
    readonly status: number,
    message: string,
    /** Column of a filter at which it went wrong. */
    readonly at: number | null = null,
  ) {
    super(message);
  }
}

type Query = Record<string, string | number | null | undefined>;

export function address(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") params.set(key, String(value));
  }
  const text = params.toString();
  return `/api${path}${text ? `?${text}` : ""}`;
}

export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const response = await reach(address(path, query), signal ? { signal } : {});
  return (await response.json()) as T;
}

export async function change<T>(method: "POST" | "DELETE", path: string, body?: unknown, query: Query = {}): Promise<T> {
  const isFile = body instanceof Blob;
  const headers: Record<string, string> = { "X-CSRF-Token": csrf.value };
  if (body !== undefined) headers["Content-Type"] = isFile ? "application/octet-stream" : "application/json";
  const init: RequestInit = { method, headers };
  if (body !== undefined) init.body = isFile ? body : JSON.stringify(body);
  const response = await reach(address(path, query), init);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export const post = <T = unknown>(path: string, body?: unknown, query?: Query) => change<T>("POST", path, body, query);
/** By password, one-time token or setup token; a fresh CSRF token first, for the last one may be of a session that ended. */
export async function signIn(path: "/login" | "/setup", body: unknown): Promise<void> {
  csrf.value = (await get<Session>("/session")).csrf;
  enter(await post<Session>(path, body));
}

export const remove = (path: string) => change<unknown>("DELETE", path);

/** A response that is not an error; its body is not read yet. */
export async function reach(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: "same-origin", cache: "no-store", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "The server does not answer. It may be restarting; the page tries again by itself.");
  }
  if (response.ok) return response;
  throw await errorOf(response, url);
}

async function errorOf(response: Response, url: string): Promise<ApiError> {
  let message = `${response.status} ${response.statusText} from ${url}`;
  let at: number | null = null;
  try {
    const body = (await response.json()) as { error?: unknown; at?: unknown };
    if (typeof body.error === "string") message = body.error;
    if (typeof body.at === "number") at = body.at;
  } catch {
    // No JSON: a proxy in between; its status has to do.
  }
  if (response.status === 401 && !url.startsWith("/api/login")) leave();
  return new ApiError(response.status, message, at);
}
