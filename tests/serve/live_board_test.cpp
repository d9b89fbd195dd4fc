#include "serve/live_board.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "serve/event_hub.h"
#include "serve/live_sink.h"

namespace flowsift::serve {
namespace {

using nlohmann::json;

class LiveBoardTest : public testing::Test {
  protected:
    LiveBoardTest() { board_.begin({"Benign", "<b>"}, "model.fsm", "abcd"); }

    void put(double uptime, std::uint64_t packets, std::uint64_t bytes, std::uint64_t flows, std::uint64_t dropped) {
        board_.put_statistics({.uptime_seconds = uptime,
                               .packets_received = packets,
                               .packets_dropped = dropped,
                               .wire_bytes = bytes,
                               .flows_ended = flows});
    }

    std::int64_t now_ = 10'000;
    LiveBoard board_{[this] { return now_; }};
};

TEST_F(LiveBoardTest, RatesAreWhatChanged) {
    put(10, 100, 1'000, 10, 0);
    now_ += 2;
    put(12, 300, 5'000, 20, 4);  // In 2 s: 200 packets, 4,000 bytes = 32,000 bits, 10 flows, 4 drops.
    const json rates = json::parse(board_.status_json({}))["rates"];
    EXPECT_EQ(rates["packets"], 100);
    EXPECT_EQ(rates["bits"], 16'000);
    EXPECT_EQ(rates["flows"], 5);
    EXPECT_EQ(rates["drops"], 2);
    now_ += 10;  // Nothing more came: no rate is known.
    EXPECT_EQ(json::parse(board_.status_json({}))["rates"]["packets"], 0);
}

TEST_F(LiveBoardTest, SeriesHoldAnHourBySecond) {
    put(0, 0, 0, 0, 0);
    for (int second = 1; second <= 4; ++second) {
        ++now_;
        put(second, 10 * second * second, 0, 0, 0);  // 10, 30, 50, 70 a second.
    }
    board_.count_flow(1);
    board_.count_flow(1);
    board_.count_flow(7);  // None of the classes.
    board_.count_alert(detect::Severity::kHigh);
    ++now_;
    const json series = json::parse(board_.series_json(now_ - 6, now_, 1));
    EXPECT_EQ(series["packets"], json::parse("[null,null,10.0,30.0,50.0,70.0]"));
    EXPECT_EQ(series["classes"]["<b>"].back(), 2);
    EXPECT_EQ(series["alerts"]["high"].back(), 1);
    EXPECT_EQ(series["alerts"]["low"].back(), 0);
    const json coarse = json::parse(board_.series_json(now_ - 4, now_, 2));  // Means of what is known.
    EXPECT_EQ(coarse["packets"], json::parse("[20.0,60.0]"));
    now_ += LiveBoard::kSeconds;  // Its place in the ring is another second's now.
    EXPECT_EQ(json::parse(board_.series_json(now_ - 10, now_, 10))["packets"], json::parse("[null]"));
    EXPECT_EQ(json::parse(board_.series_json(0, INT64_MAX, 3'600))["packets"].size(), 1u);
}

TEST_F(LiveBoardTest, ARunThatBeginsAnewIsNotANegativeRate) {
    put(10, 1'000, 0, 0, 0);
    ++now_;
    put(11, 10, 0, 0, 0);
    EXPECT_EQ(json::parse(board_.status_json({}))["rates"]["packets"], 0);
}

TEST_F(LiveBoardTest, TheSinkTellsFlowsAndAlertsWithNamesEscaped) {
    EventHub hub;
    EventHub::Cursor cursor = hub.join("");
    LiveSink sink(board_, hub, {"Benign", "<b>"});
    flow::FlowIdentity identity;
    identity.forward_packets = 3;
    features::FlowAttributes attributes;
    attributes.application = features::Application::kHttp;
    const std::vector<double> none;
    const features::FlowRow row{.identity = identity, .values = none, .attributes = &attributes};
    const detect::Verdict verdict{.class_index = 1, .probability = 0.5F};
    sink.on_flow(row, &verdict);
    sink.on_alert(
        {.number = 7, .flow = identity, .verdict = verdict, .label = "<b>", .severity = detect::Severity::kHigh});
    sink.on_episode({.number = 7, .label = "<b>", .flows = 12, .is_open = false});
    std::string told;
    ASSERT_EQ(hub.take(cursor, told, 100'000), EventHub::Taken::kSome);
    EXPECT_EQ(told.find('<'), std::string::npos);
    EXPECT_NE(told.find("event: flows\ndata: {\"flows\":[{\"id\":null,"), std::string::npos) << told;
    EXPECT_NE(told.find("event: alert\ndata: {\"number\":7,"), std::string::npos) << told;
    EXPECT_NE(told.find("\"flows\":12,"), std::string::npos) << told;
    const json status = json::parse(board_.status_json({}));
    EXPECT_EQ(status["classes"][1]["label"], "<b>");
    EXPECT_EQ(status["classes"][1]["flows"], 1);
    ++now_;
    EXPECT_EQ(json::parse(board_.series_json(now_ - 1, now_, 1))["alerts"]["high"], json::parse("[1.0]"));
}

}  // namespace
}  // namespace flowsift::serve
