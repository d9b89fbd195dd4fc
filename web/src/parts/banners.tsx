// What must not be missed, above every page: a severe episode, a warning of the sensor, a server that is away.
import { connection, notices } from "../state/live";
import { dismiss, unseen } from "../state/alarms";
import { Icon } from "./icons";
import { Link } from "./link";
import { SeverityMark } from "./severity";
import { Endpoint, Time } from "./values";

export function Banners() {
  return (
    <div class="banners">
      {connection.value === "offline" && (
        <div class="banner offline" role="alert">
          <span>
            <b>Not connected.</b> What you see is as it was; the page connects again by itself as soon as the server answers.
          </span>
        </div>
      )}
      <Alarm />
      {notices.value
        .filter((notice) => notice.is_warning)
        .slice(0, 1)
        .map((notice) => (
          <div key={notice.time} class="banner warning" role="status">
            <span>
              <b>{notice.subject}</b> {notice.text} <Time at={notice.time} />
            </span>
            <button type="button" class="quiet" aria-label="Dismiss" onClick={() => (notices.value = notices.value.filter((each) => each !== notice))}>
              <Icon name="close" />
            </button>
          </div>
        ))}
    </div>
  );
}

function Alarm() {
  const [alert, ...others] = unseen.value;
  if (!alert) return null;
  return (
    <div class="banner alarm" role="alert">
      <SeverityMark severity={alert.severity} />
      <span class="what">
        <b>{alert.label}</b>
        <Endpoint address={alert.source} /> → <Endpoint address={alert.destination} port={alert.destination_port} />
        <Time at={alert.time} />
      </span>
      {others.length > 0 && (
        <Link to="/alerts?sort=-time" class="others">
          and {others.length} more
        </Link>
      )}
      <Link to={`/alerts/${alert.number}`} class="button">
        Look
      </Link>
      <button type="button" class="quiet" aria-label={others.length ? "Dismiss all" : "Dismiss"} onClick={() => dismiss()}>
        <Icon name="close" />
      </button>
    </div>
  );
}
