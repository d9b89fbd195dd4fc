// Begins: who is looking, then the live feed, then the page.
import { effect } from "@preact/signals";
import { render } from "preact";
import { get, signIn } from "./api/client";
import type { Session } from "./api/types";
import { App } from "./app";
import { installKeyboard } from "./keyboard";
import { disconnect, start } from "./state/live";
import { go, place } from "./state/router";
import { enter, session, urlToken } from "./state/session";
import "./state/theme";
import "./styles/index.css";

const kRetryMs = 2000;

/** The printed address carries a one-time token after the `#`, which never reaches a log; it is exchanged and removed. */
function takeToken(): void {
  const token = /^#token=(.+)$/.exec(window.location.hash)?.[1];
  if (!token) return;
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  urlToken.value = decodeURIComponent(token);
}

async function begin(): Promise<void> {
  try {
    const known = await get<Session>("/session");
    const token = urlToken.value;
    if (token && known.user === null && !known.needs_setup) await signIn("/login", { token }).catch(() => enter(known));
    else enter(known);
  } catch {
    setTimeout(() => void begin(), kRetryMs);
  }
}

takeToken();
if (place.value.path === "/") go("/overview", true);
installKeyboard();
let isInside = false;
effect(() => {
  const isNow = session.value?.user != null;
  if (isNow === isInside) return;
  isInside = isNow;
  if (isNow) void start();
  else disconnect();
});
const host = document.getElementById("app");
if (host) render(<App />, host);
void begin();
