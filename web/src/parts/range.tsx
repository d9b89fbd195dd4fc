// The span of time that pages look at: the last minutes to days, or one that was zoomed into, which pauses live.
import { useCallback } from "preact/hooks";
import { useEscape } from "../state/list_keys";
import { setView, view } from "../state/router";
import { kRanges } from "../state/view";
import { localTime } from "../times";
import { Icon } from "./icons";

export function Range() {
  const { range, zoom } = view.value;
  const resume = useCallback(() => setView({ zoom: null }), []);
  useEscape(resume, zoom !== null);
  if (zoom) {
    return (
      <div class="range is-paused">
        <span title={`${zoom.from} to ${zoom.to}`}>
          {localTime(zoom.from)} – {localTime(zoom.to)}
        </span>
        <button type="button" class="accent" title="Back to live (esc)" onClick={resume}>
          <Icon name="play" /> Live
        </button>
      </div>
    );
  }
  return (
    <div class="range" role="group" aria-label="Span of time">
      {kRanges.map((each) => (
        <button key={each} type="button" aria-pressed={each === range} title={`The last ${each}`} onClick={() => setView({ range: each })}>
          {each}
        </button>
      ))}
    </div>
  );
}
