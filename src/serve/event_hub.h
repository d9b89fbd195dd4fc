// EventHub: live events for every open page, as server-sent events (WHATWG HTML, section 9.2). Any thread publishes;
// the I/O thread takes for each client what follows its cursor.
//
// Events lie once in a ring of bounded size: a client costs its cursor, whoever falls out of the ring has lost events
// and is closed, and a client that comes back gets what it missed (Last-Event-ID) or the event `reset`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace flowsift::serve {

/// `kPassing`: of the moment, like rates; whoever comes back does not get those that it missed.
enum class Lasting : std::uint8_t { kPassing, kKept };

class EventHub {
  public:
    static constexpr std::size_t kMostBytes = 256 * 1024;
    static constexpr std::size_t kMostEvents = 2'000;

    EventHub();

    /// `json`: one line. An event of more than 32 kB is not sent.
    void publish(std::string_view name, std::string_view json, Lasting lasting);

    /// Called at each publish() by its thread, and must be quick and publish nothing.
    void set_wake(std::function<void()> wake);

    struct Cursor {
        std::uint64_t next = 0;
        std::uint64_t joined = 0;  ///< Passing events before it are left out.
        bool wants_reset = false;
    };
    /// `last_event_id`: of the client that comes back; empty: begins with what is published next.
    Cursor join(std::string_view last_event_id) const;

    enum class Taken : std::uint8_t { kNothing, kSome, kLost };
    /// Appends whole events until `out` has `most` bytes or there are no more. kLost: the ring went on without it.
    Taken take(Cursor& cursor, std::string& out, std::size_t most) const;

  private:
    struct Event {
        std::string text;
        Lasting lasting;
    };
    std::uint64_t end() const { return first_ + events_.size(); }

    std::string run_;  ///< Of this process: ids of another one are not ours.
    std::function<void()> wake_;
    mutable std::mutex mutex_;
    std::deque<Event> events_;
    std::uint64_t first_ = 1;  ///< Number of the front.
    std::size_t bytes_ = 0;
};

}  // namespace flowsift::serve
