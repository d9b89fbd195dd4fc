#include "serve/event_hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace flowsift::serve {
namespace {

using Taken = EventHub::Taken;
using testing::HasSubstr;
using testing::Not;

std::string take_all(const EventHub& hub, EventHub::Cursor& cursor) {
    std::string out;
    while (hub.take(cursor, out, 1'000) == Taken::kSome) {
    }
    return out;
}

/// Of the last event in `text`.
std::string last_id(const std::string& text) {
    const std::size_t at = text.rfind("id: ") + 4;
    return text.substr(at, text.find('\n', at) - at);
}

TEST(EventHub, TellsWhatComesAfterJoining) {
    EventHub hub;
    int wakes = 0;
    hub.set_wake([&wakes] { ++wakes; });
    hub.publish("alert", R"({"number":1})", Lasting::kKept);
    EventHub::Cursor cursor = hub.join("");
    hub.publish("alert", R"({"number":2})", Lasting::kKept);
    const std::string told = take_all(hub, cursor);
    EXPECT_THAT(told, testing::MatchesRegex("id: [0-9a-f]+-2\nevent: alert\ndata: .\"number\":2.\n\n"));
    std::string more;
    EXPECT_EQ(hub.take(cursor, more, 1'000), Taken::kNothing);
    EXPECT_EQ(wakes, 2);
}

TEST(EventHub, WhoComesBackMissesOnlyWhatHasPassed) {
    EventHub hub;
    EventHub::Cursor first = hub.join("");
    hub.publish("alert", "1", Lasting::kKept);
    const std::string id = last_id(take_all(hub, first));
    hub.publish("status", "2", Lasting::kPassing);
    hub.publish("alert", "3", Lasting::kKept);
    EventHub::Cursor back = hub.join(id);
    hub.publish("status", "4", Lasting::kPassing);
    const std::string told = take_all(hub, back);
    EXPECT_THAT(told, Not(HasSubstr("data: 1\n")));
    EXPECT_THAT(told, Not(HasSubstr("data: 2\n")));
    EXPECT_THAT(told, HasSubstr("data: 3\n"));
    EXPECT_THAT(told, HasSubstr("data: 4\n"));
}

TEST(EventHub, AnIdOfAnotherRunOrTheFutureIsAReset) {
    EventHub hub;
    hub.publish("alert", "1", Lasting::kKept);
    EventHub::Cursor joined = hub.join("");
    hub.publish("alert", "2", Lasting::kKept);
    const std::string run = last_id(take_all(hub, joined)).substr(0, 12);
    for (const std::string& id :
         {std::string("0123-1"), std::string("x"), run + "-99", run + "-", run + "-1x", run + "--1"}) {
        EventHub::Cursor cursor = hub.join(id);
        EXPECT_THAT(take_all(hub, cursor), testing::StartsWith("event: reset\n")) << id;
    }
}

TEST(EventHub, TheRingIsBoundedAndWhoFallsOutIsLost) {
    EventHub hub;
    EventHub::Cursor slow = hub.join("");
    EventHub::Cursor quick = hub.join("");
    const std::string large(10'000, '1');
    std::string out;
    for (int i = 0; i < 100; ++i) {
        hub.publish("alert", large, Lasting::kKept);
        EXPECT_EQ(hub.take(quick, out, 16'000), Taken::kSome);
    }
    EXPECT_EQ(hub.take(slow, out, 16'000), Taken::kLost);
    hub.publish("alert", std::string(100'000, '1'), Lasting::kKept);  // Not sent.
    EXPECT_EQ(hub.take(quick, out, 16'000), Taken::kNothing);
}

TEST(EventHub, TakesWholeEventsOfABoundedSize) {
    EventHub hub;
    EventHub::Cursor cursor = hub.join("");
    for (int i = 0; i < 10; ++i) hub.publish("alert", std::string(400, '1'), Lasting::kKept);
    std::string out;
    EXPECT_EQ(hub.take(cursor, out, 1'000), Taken::kSome);
    EXPECT_LE(out.size(), 1'000u);
    EXPECT_THAT(out, testing::EndsWith("1\n\n"));
}

}  // namespace
}  // namespace flowsift::serve
