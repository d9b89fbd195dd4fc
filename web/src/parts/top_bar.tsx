// The bar on top of every page: where one can go, what is captured, what was lost, who is looking.
import { capture, connection, hasLoss, lossOf, status } from "../state/live";
import { helpIsOpen } from "../state/list_keys";
import { place, sameView } from "../state/router";
import { session } from "../state/session";
import { theme, toggleTheme } from "../state/theme";
import { kPages } from "../routes";
import { kUnits, text } from "../units";
import { Clock } from "./clock";
import { Icon } from "./icons";
import { Link } from "./link";

export function TopBar() {
  const here = place.value.path;
  return (
    <header class="top-bar">
      <Link to={sameView("/overview")} class="brand" label="flowsift, overview">
        <svg viewBox="0 0 24 16" width="24" height="16" aria-hidden="true">
          <path d="M1 2h22M5 7h14M9 12h6" />
          <circle cx="12" cy="15" r="1" />
        </svg>
        <span>flowsift</span>
      </Link>
      <nav aria-label="Pages">
        {kPages
          .filter((page) => page.inNavigation)
          .map((page) => (
            <Link key={page.path} to={sameView(page.path)} isCurrent={here.startsWith(page.path)} title={`g ${page.key}`}>
              <Icon name={page.icon ?? ""} />
              <span>{page.title}</span>
            </Link>
          ))}
      </nav>
      <div class="state">
        {hasLoss.value && <Loss />}
        <CaptureChip />
        <ConnectionMark />
        <button type="button" class="quiet" aria-label={`Theme: ${theme.value}. Change`} title="Dark or light" onClick={toggleTheme}>
          <Icon name={theme.value === "dark" ? "moon" : "sun"} />
        </button>
        <button type="button" class="quiet help" aria-label="Keyboard help" title="Keyboard (?)" onClick={() => (helpIsOpen.value = true)}>
          <Icon name="help" />
        </button>
        <Link to="/users" class="who" title={`${session.value?.user}, ${session.value?.role}: users, password, log out`}>
          <Icon name="users" />
          <span>{session.value?.user}</span>
        </Link>
      </div>
    </header>
  );
}

function Loss() {
  const lost = lossOf(status.value);
  const offered = status.value?.totals.packets_offered ?? 0;
  const share = offered > 0 ? `, ${text(kUnits.share.short(lost / offered))} of those offered` : "";
  return (
    <Link to="/health" class="loss" title={`${kUnits.count.exact(lost).trim()} packets lost${share}: what they held was not judged`}>
      <svg viewBox="0 0 12 12" width="11" height="11" aria-hidden="true">
        <path d="M6 1l5.5 10h-11z" />
      </svg>
      {text(kUnits.count.short(lost))} lost
    </Link>
  );
}

function CaptureChip() {
  const now = capture.value;
  if (!now) return null;
  const words = { running: "Capturing", stopped: "Stopped", failed: "Failed" }[now.state];
  return (
    <Link to="/capture" class={`capture-chip ${now.state}`} title={now.message || `${words}: ${now.source ?? "nothing"}`}>
      <i class="dot" />
      <span class="source">{now.state === "running" ? now.source : words}</span>
      {now.state === "running" && <Clock capture={now} />}
    </Link>
  );
}

function ConnectionMark() {
  const words = { live: "live", connecting: "connecting", offline: "offline" }[connection.value];
  return (
    <span class={`connection ${connection.value}`} title={`The live feed is ${words}`} role="status">
      <i class="dot" />
      <span>{words}</span>
    </span>
  );
}
