// AlertDetail: all that the store knows of one alert. Any thread, one database each.
#pragma once

#include <string>
#include <vector>

#include "store/alert_query.h"
#include "store/alert_tracks.h"

namespace flowsift::store {

struct StoredReason {
    std::string feature;    ///< As in the catalogue.
    detect::Reason reason;  ///< Without index and name.
};

struct Peer {
    base::IpAddress address;
    std::uint64_t flows = 0;  ///< At least so many; exact while there were no more than kPeersKept.
};

struct HistoryEntry {
    std::int64_t time = 0;  ///< Wall clock, seconds.
    std::string user, action, detail;
};

struct AlertDetail {
    StoredAlert alert;
    detect::CaptureLoss loss;           ///< When it was told.
    std::vector<StoredReason> reasons;  ///< Strongest first.
    Timeline timeline;                  ///< Of its flows that have ended, by when.
    std::vector<Peer> peers;            ///< Most flows first, at most kPeersKept.
    std::vector<StoredAlert> similar;   ///< Of its class, those with its source or target first; at most 10.
    std::vector<HistoryEntry> history;  ///< Oldest first, at most 1,000.
};

/// Empty: there is no such alert.
base::Result<std::optional<AlertDetail>> alert_detail(Database& store, std::uint64_t number);

}  // namespace flowsift::store
