// EpisodeBook: which alarming flows belong together. It keeps the episodes that go on, and ends those that went quiet.
//
// A flow joins the open episode of its class that began with its source, else the one that began with its target, else
// it opens one. So a scan of a whole network is one episode (one source), and so is a flood with forged sources (one
// target); and no chain of strangers grows together, as it would if any flow of an episode could draw others in. While
// a flow that alarmed goes on, its episode stays open.
//
// All memory is taken at the start. At a limit the episode that was quiet longest ends early, and distinct addresses
// are no longer counted; both are counted. The clock is that of the packets. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "base/siphash.h"
#include "detect/bounded_map.h"
#include "detect/episode.h"

namespace flowsift::detect {

struct OpenEpisode {
    Episode episode;  ///< Number, label, severity and technique are for whoever tells it.
    bool is_told = false;
    bool is_held_back = false;     ///< By the budget, now or before.
    std::uint64_t told_flows = 0;  ///< When it was told last.
    base::Nanoseconds told_at = 0;

  private:
    friend class EpisodeBook;
    std::uint64_t serial = 0;  ///< Unique; 0: the place is free.
    base::Nanoseconds quiet_since = 0;
    std::uint64_t latest_peer = 0;  ///< Key of the address that was remembered last.
    std::uint32_t live_flows = 0;   ///< That alarmed and go on.
    std::uint32_t previous = 0, next = 0;
};

class EpisodeListener {
  public:
    virtual ~EpisodeListener() = default;
    /// The last that is heard of it; the clock is at `now`.
    virtual void on_ended(OpenEpisode& open, base::Nanoseconds now) = 0;
};

struct EpisodeCounters {
    std::uint64_t opened = 0;
    std::uint64_t ended = 0;
    std::uint64_t ended_early = 0;      ///< Of them, to make place for others.
    std::uint64_t uncounted_peers = 0;  ///< Addresses that found no place; one may count again and again.
    std::uint64_t untracked_flows = 0;  ///< Going on, and without a place: they may count twice in their episode.
};

class EpisodeBook {
  public:
    struct Limits {
        std::size_t open = 4'096;
        std::size_t peers = std::size_t{1} << 18;  ///< Of all open episodes together …
        std::uint32_t peers_each = 1U << 16;       ///< … and of the sources, or the targets, of one.
        std::size_t live_flows = std::size_t{1} << 17;
    };

    struct Alarm {
        const flow::FlowIdentity& flow;
        std::uint16_t class_index = 0;
        float probability = 0;
        bool is_live = false;  ///< The flow goes on.
    };

    /// `quiet_time`: an episode that saw no alarm for longer has ended. `listener` must outlive the book.
    EpisodeBook(base::Nanoseconds quiet_time, EpisodeListener& listener)
        : EpisodeBook(quiet_time, listener, Limits{}) {}
    EpisodeBook(base::Nanoseconds quiet_time, EpisodeListener& listener, const Limits& limits);

    /// The capture's clock; what is before the latest time changes nothing. May end episodes.
    void advance(base::Nanoseconds now);

    /// The episode that the flow belongs to, the flow included. Valid until the next call.
    OpenEpisode& add(const Alarm& alarm);

    void set_quiet_time(base::Nanoseconds quiet_time) { quiet_time_ = quiet_time; }

    /// For every flow that ends, after its alarm if it has one: it keeps no episode open any more. Number of the
    /// episode that it alarmed in while it went on; 0: in none, or it has no number yet.
    std::uint64_t forget(const flow::FlowIdentity& flow);

    /// Ends all episodes, in the order in which they were quiet.
    void finish();

    base::Nanoseconds now() const { return now_; }
    const EpisodeCounters& counters() const { return counters_; }

  private:
    enum class Side : std::uint8_t { kSource, kTarget };
    struct LiveFlow {
        std::uint32_t place = 0;
        std::uint64_t serial = 0;
        std::uint64_t packets = 0, bytes = 0;  ///< As they are in the episode's sums.
    };
    struct Peer {
        std::uint64_t earlier = 0;  ///< Key of the address that its episode remembered before.
    };

    std::uint64_t flow_key(const flow::FlowIdentity& flow) const;
    std::uint64_t address_key(std::uint64_t owner, Side side, const base::IpAddress& address) const;
    std::uint32_t place_of(const Alarm& alarm, const LiveFlow* known);
    std::uint32_t open(const Alarm& alarm);
    void count(OpenEpisode& open, const Alarm& alarm, LiveFlow* known);
    void count_peer(OpenEpisode& open, Side side, const base::IpAddress& address);
    void track(std::uint32_t place, const Alarm& alarm, std::uint64_t key, LiveFlow* known);
    void release(const LiveFlow& flow);
    void end(std::uint32_t place);
    void append(std::uint32_t place);
    void unlink(std::uint32_t place);

    base::Nanoseconds quiet_time_;
    EpisodeListener& listener_;
    Limits limits_;
    base::HashKey key_ = base::HashKey::random();
    base::Nanoseconds now_ = INT64_MIN;
    std::vector<OpenEpisode> episodes_;  ///< And one more: head of the ring of those that are open …
    std::vector<std::uint32_t> free_;    ///< Places of episodes_.
    BoundedMap<std::uint32_t> anchors_;  ///< Place of the episode that began with this class and address.
    BoundedMap<Peer> peers_;             ///< By episode, side and address.
    BoundedMap<LiveFlow> live_flows_;
    std::uint64_t last_serial_ = 0;
    EpisodeCounters counters_;
};

}  // namespace flowsift::detect
