// The page around the pages: login before anything else, then the bar, the banners, and what the address names.
import { useEffect } from "preact/hooks";
import { Banners } from "./parts/banners";
import { FilterBox } from "./parts/filter_box";
import { Help } from "./parts/help";
import { Link } from "./parts/link";
import { Range } from "./parts/range";
import { Empty, Loading } from "./parts/states";
import { Toasts } from "./parts/toasts";
import { TopBar } from "./parts/top_bar";
import { LoginPage } from "./pages/login";
import { unseen } from "./state/alarms";
import { place, view } from "./state/router";
import { session } from "./state/session";
import { pageAt } from "./routes";

export function App() {
  const who = session.value;
  if (who === null) return <Starting />;
  if (who.user === null) return <LoginPage needsSetup={who.needs_setup} />;
  return <Inside />;
}

function Starting() {
  return (
    <main class="starting" aria-label="Starting">
      <Loading lines={3} />
    </main>
  );
}

function Inside() {
  const path = place.value.path;
  const found = pageAt(path);
  const title = found ? found.page.title : "Not found";
  const alarms = unseen.value.length;
  useEffect(() => {
    document.title = `${alarms ? `(${alarms}) ` : ""}${title} · flowsift`;
  }, [title, alarms]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <TopBar />
      <Banners />
      {found?.page.hasFilter && (
        <section class="view-bar" aria-label="Filter and span of time">
          <FilterBox />
          {(found.page.hasRange || view.value.zoom) && <Range />}
        </section>
      )}
      <main id="main" tabIndex={-1}>
        <h1 class="hidden">{title}</h1>
        {found ? <found.page.page key={found.page.path} parameter={found.parameter} /> : <NotFound path={path} />}
      </main>
      <Help />
      <Toasts />
    </>
  );
}

function NotFound({ path }: { path: string }) {
  return (
    <Empty title="There is no such page">
      {path} is none of the dashboard's. <Link to="/overview">Overview</Link>
    </Empty>
  );
}
