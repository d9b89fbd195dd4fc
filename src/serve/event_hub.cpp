#include "serve/event_hub.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "serve/secrets.h"

namespace flowsift::serve {
namespace {

constexpr std::size_t kLargestEvent = 32 * 1024;

}  // namespace

EventHub::EventHub() : run_(random_token().substr(0, 12)) {}

void EventHub::set_wake(std::function<void()> wake) {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
}

void EventHub::publish(std::string_view name, std::string_view json, Lasting lasting) {
    if (json.size() > kLargestEvent) return;
    const std::lock_guard lock(mutex_);
    events_.push_back({fmt::format("id: {}-{}\nevent: {}\ndata: {}\n\n", run_, end(), name, json), lasting});
    bytes_ += events_.back().text.size();
    while (bytes_ > kMostBytes || events_.size() > kMostEvents) {
        bytes_ -= events_.front().text.size();
        events_.pop_front();
        ++first_;
    }
    if (wake_) wake_();
}

EventHub::Cursor EventHub::join(std::string_view last_event_id) const {
    const std::lock_guard lock(mutex_);
    Cursor cursor{.next = end(), .joined = end()};
    if (last_event_id.empty()) return cursor;
    std::uint64_t seen = 0;
    const std::size_t dash = last_event_id.find('-');
    const bool is_ours = dash != std::string_view::npos && last_event_id.substr(0, dash) == run_;
    const char* last = last_event_id.data() + last_event_id.size();
    const bool is_number =
        is_ours && std::from_chars(last_event_id.data() + dash + 1, last, seen) == std::from_chars_result{last, {}};
    if (is_number && seen + 1 >= first_ && seen < end())
        cursor.next = seen + 1;
    else
        cursor.wants_reset = true;
    return cursor;
}

EventHub::Taken EventHub::take(Cursor& cursor, std::string& out, std::size_t most) const {
    const std::lock_guard lock(mutex_);
    const std::size_t before = out.size();
    if (std::exchange(cursor.wants_reset, false)) out += "event: reset\ndata: {}\n\n";
    if (cursor.next < first_) return Taken::kLost;
    while (cursor.next < end()) {
        const Event& event = events_[cursor.next - first_];
        const bool is_wanted = event.lasting == Lasting::kKept || cursor.next >= cursor.joined;
        if (is_wanted && out.size() > before && out.size() - before + event.text.size() > most) break;
        if (is_wanted) out += event.text;
        ++cursor.next;
    }
    return out.size() > before ? Taken::kSome : Taken::kNothing;
}

}  // namespace flowsift::serve
