// AlertTracks: of each alert that goes on, when its flows came and with whom: a timeline of at most 120 steps, whose
// length doubles when it is full, and the 100 peers with the most flows (space_saving.h, weight: flows).
//
// Counted from the flows that belong to the alert as they end. Owned by the writer; its thread.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "flow/flow_identity.h"
#include "store/database.h"
#include "store/space_saving.h"

namespace flowsift::store {

inline constexpr std::size_t kTimelineSteps = 120;
inline constexpr std::size_t kPeersKept = 100;

struct Timeline {
    base::Nanoseconds start = 0;
    std::uint64_t step = 1;            ///< Seconds.
    std::vector<std::uint32_t> flows;  ///< At most kTimelineSteps.

    void add(base::Nanoseconds time);
};

class AlertTracks {
  public:
    explicit AlertTracks(Database& database) : database_(database) {}
    base::Result<void> prepare();

    /// `flow` belongs to the alert. The first one says which side is looked at: of its source, the targets.
    void add(std::uint64_t alert, const flow::FlowIdentity& flow);

    /// Those that have changed.
    base::Result<void> write();

    /// The alert has ended, and is written.
    void close(std::uint64_t alert) { tracks_.erase(alert); }

  private:
    struct Track {
        base::IpAddress source;  ///< Of the first flow.
        Timeline timeline;
        SpaceSaving peers{kPeersKept};
        bool is_changed = false;
    };

    base::Result<void> write(std::uint64_t alert, const Track& track);

    Database& database_;
    Statement keep_;
    std::map<std::uint64_t, Track> tracks_;  ///< At most kMostTracks; the oldest alert makes place.
};

/// One entry of alert_tracks.peers: the address, then its flows, little-endian; the lower bound where there were more
/// peers than places.
inline constexpr std::size_t kPeerBytes = 24;

}  // namespace flowsift::store
