// The table of pages: address, title, key, least role, and what loads it. Navigation, shortcuts and titles are drawn from it.
import type { ComponentType } from "preact";
import type { Role } from "./api/types";
import { AlertPage } from "./pages/alert_detail";
import { AlertsPage } from "./pages/alerts";
import { CapturePage } from "./pages/capture";
import { FlowsPage } from "./pages/flows";
import { HealthPage } from "./pages/health";
import { ModelPage } from "./pages/model_detail";
import { ModelsPage } from "./pages/models";
import { OverviewPage } from "./pages/overview";
import { UsersPage } from "./pages/users";

export interface PageProps {
  /** What stands in the place of `:name` in the address. */
  parameter: string;
}

export interface Page {
  path: string;
  title: string;
  page: ComponentType<PageProps>;
  /** Second key of the shortcut `g …`. */
  key?: string;
  icon?: string;
  inNavigation?: boolean;
  /** Shows the filter. */
  hasFilter?: boolean;
  /** Shows the span of time; a page without it still shows a span that was zoomed into. */
  hasRange?: boolean;
  least?: Role;
}

export const kPages: Page[] = [
  { path: "/overview", title: "Overview", page: OverviewPage, key: "o", icon: "overview", inNavigation: true, hasFilter: true, hasRange: true },
  { path: "/alerts", title: "Alerts", page: AlertsPage, key: "a", icon: "alerts", inNavigation: true, hasFilter: true },
  { path: "/alerts/:name", title: "Alert", page: AlertPage },
  { path: "/flows", title: "Flows", page: FlowsPage, key: "f", icon: "flows", inNavigation: true, hasFilter: true, hasRange: true },
  { path: "/models", title: "Models", page: ModelsPage, key: "m", icon: "models", inNavigation: true },
  { path: "/models/:name", title: "Model", page: ModelPage },
  { path: "/capture", title: "Capture", page: CapturePage, key: "c", icon: "capture", inNavigation: true },
  { path: "/health", title: "Health", page: HealthPage, key: "h", icon: "health", inNavigation: true },
  { path: "/users", title: "Users", page: UsersPage, key: "u", least: "viewer" },
];

export function pageAt(path: string): { page: Page; parameter: string } | null {
  for (const page of kPages) {
    if (page.path === path) return { page, parameter: "" };
    const prefix = page.path.endsWith("/:name") ? page.path.slice(0, -5) : null;
    if (prefix && path.startsWith(prefix) && path.length > prefix.length) {
      return { page, parameter: decode(path.slice(prefix.length)) };
    }
  }
  return null;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
