// EveText: events as JSON in the form of Suricata's EVE, so that whatever reads Suricata's reads flowsift's.
//
// Every event is valid against Suricata's published schema. That allows keys of one's own only in alert.metadata, so
// label, probability, reasons and all of the episode are there, as arrays of strings like Suricata's own. An episode
// that grew or ended is one more "alert" event, with another "episode_state" than "opened". One owner, one thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "output/sink.h"

namespace flowsift::output {

/// Whether there is more to tell of the episode than its alert has told.
inline bool says_more(const detect::Episode& episode) {
    return episode.flows > 1;
}

class EveText {
  public:
    /// `capture`: file or interface that the packets come from; `is_live`: it is an interface.
    EveText(std::string capture, bool is_live) : capture_(std::move(capture)), is_live_(is_live) {}

    /// One object on one line, without the line's end. The views hold until the next call.
    std::string_view alert(const detect::Alert& alert);
    /// Empty where the event of the alert has said it all.
    std::string_view episode(const detect::Episode& episode);
    std::string_view notice(const detect::Notice& notice);
    std::string_view flow(const features::FlowRow& row);
    std::string_view statistics(const RunStatistics& statistics);

  private:
    base::JsonWriter begin_event(std::string_view type, base::Nanoseconds time);
    std::string_view end_event(base::JsonWriter& json);

    std::string capture_;
    bool is_live_;
    std::string text_;  ///< The event being written; kept for its capacity.
};

}  // namespace flowsift::output
