#include "output/queued_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <semaphore>

#include "tests/output/flows_for_tests.h"

namespace flowsift::output {
namespace {

/// What it was told; may be made to stand still.
class Memory final : public Sink {
  public:
    struct Told {
        std::vector<std::string> lines;
        std::binary_semaphore goes_on{0};
        std::binary_semaphore stands{0};
    };
    Memory(Told& told, FlowUse use, bool stands_still) : told_(told), use_(use), stands_still_(stands_still) {}

    void on_flow(const features::FlowRow& row, const detect::Verdict* verdict) override {
        stand();
        told_.lines.push_back("flow " + std::to_string(row.identity.source_port) + " " +
                              std::to_string(row.values.size()) + (verdict ? " judged" : ""));
    }
    void on_alert(const detect::Alert& alert) override {
        stand();
        told_.lines.push_back("alert " + std::to_string(alert.number) + " " + std::string(alert.label) +
                              (alert.is_unknown ? " for being unknown" : ""));
    }
    FlowUse flow_use() const override { return use_; }
    base::Result<void> finish() override { return base::Error{"finished"}; }

  private:
    void stand() {
        if (!std::exchange(stands_still_, false)) return;
        told_.stands.release();
        told_.goes_on.acquire();
    }

    Told& told_;
    FlowUse use_;
    bool stands_still_;
};

class QueuedSinks : public testing::Test {
  protected:
    void tell_flow(QueuedSink& sink, std::uint16_t port) {
        const flow::FlowIdentity flow = tcp_flow("10.0.0.1", port, "10.0.0.2", 80);
        const std::vector<double> values = {1, 2, 3};
        sink.on_flow({flow, values}, &verdict_);
    }
    void tell_alert(QueuedSink& sink, std::uint64_t number) {
        const flow::FlowIdentity flow = tcp_flow("10.0.0.1", 1, "10.0.0.2", 80);
        std::string label = "Bot";  // Gone when the sink's thread reads it.
        sink.on_alert({.number = number, .flow = flow, .verdict = verdict_, .label = label});
        label = "xxx";
    }

    detect::Verdict verdict_{1, 0.5f, {}};
    Memory::Told told_;
};

TEST_F(QueuedSinks, TellsAllInOrderAndWhatFinishSays) {
    QueuedSink sink(std::make_unique<Memory>(told_, FlowUse::kRow, false), {.name = "memory"});
    tell_flow(sink, 1);
    tell_alert(sink, 9);
    const auto finished = sink.finish();
    ASSERT_FALSE(finished.ok());
    EXPECT_EQ(finished.error().message, "finished");
    EXPECT_THAT(told_.lines, testing::ElementsAre("flow 1 3 judged", "alert 9 Bot"));
    EXPECT_EQ(sink.counters().written, 2u);
}

TEST_F(QueuedSinks, AnAlertThatWaitedIsStillOneForBeingUnknown) {
    QueuedSink sink(std::make_unique<Memory>(told_, FlowUse::kNone, false), {});
    const flow::FlowIdentity flow = tcp_flow("10.0.0.1", 1, "10.0.0.2", 80);
    sink.on_alert({.number = 1, .flow = flow, .verdict = verdict_, .label = "Unknown", .is_unknown = true});
    tell_alert(sink, 2);
    EXPECT_FALSE(sink.finish().ok());
    EXPECT_THAT(told_.lines, testing::ElementsAre("alert 1 Unknown for being unknown", "alert 2 Bot"));
}

TEST_F(QueuedSinks, CopiesNoMoreOfAFlowThanTheSinkWants) {
    QueuedSink identities(std::make_unique<Memory>(told_, FlowUse::kIdentity, false), {});
    tell_flow(identities, 1);
    EXPECT_FALSE(identities.finish().ok());
    EXPECT_THAT(told_.lines, testing::ElementsAre("flow 1 0 judged"));
    QueuedSink nothing(std::make_unique<Memory>(told_, FlowUse::kNone, false), {});
    tell_flow(nothing, 2);
    EXPECT_FALSE(nothing.finish().ok());
    EXPECT_EQ(told_.lines.size(), 1u);
}

// Eight slots, of which two are kept for alerts. The sink stands in the first flow, which keeps its slot.
TEST_F(QueuedSinks, ASinkThatStandsStopsNobodyAndFlowsGoFirst) {
    QueuedSink sink(std::make_unique<Memory>(told_, FlowUse::kRow, true), {.name = "memory", .slots = 8});
    tell_flow(sink, 1);
    sink.flush();
    told_.stands.acquire();
    for (std::uint16_t port = 2; port <= 10; ++port) tell_flow(sink, port);          // 5 fit, 4 do not.
    for (std::uint64_t number = 1; number <= 3; ++number) tell_alert(sink, number);  // 2 fit.
    EXPECT_EQ(sink.counters().dropped, 5u);
    EXPECT_EQ(sink.counters().waiting, 8u);
    told_.goes_on.release();
    EXPECT_FALSE(sink.finish().ok());
    EXPECT_EQ(told_.lines.size(), 8u);
    EXPECT_EQ(told_.lines.back(), "alert 2 Bot");
    EXPECT_EQ(sink.counters().written, 8u);
}

TEST_F(QueuedSinks, OfAReplayNothingIsDropped) {
    QueuedSink sink(std::make_unique<Memory>(told_, FlowUse::kRow, false), {.waits_when_full = true, .slots = 4});
    for (int i = 0; i < 5'000; ++i) tell_flow(sink, 1);
    EXPECT_FALSE(sink.finish().ok());
    EXPECT_EQ(told_.lines.size(), 5'000u);
    EXPECT_EQ(sink.counters().dropped, 0u);
}

TEST_F(QueuedSinks, AlertsWaitForTheGateAndThoseBehindThemToo) {
    AlertGate gate;
    QueuedSink sink(std::make_unique<Memory>(told_, FlowUse::kRow, false), {.gate = &gate});
    gate.let_pass(1);
    tell_alert(sink, 1);
    tell_alert(sink, 2);
    gate.open();
    EXPECT_FALSE(sink.finish().ok());
    EXPECT_THAT(told_.lines, testing::ElementsAre("alert 1 Bot", "alert 2 Bot"));
}

TEST(AlertGate, PassesWhatItHasLetPassAndNeverGoesBack) {
    AlertGate gate;
    EXPECT_FALSE(gate.has_passed(1));
    gate.let_pass(5);
    gate.let_pass(3);
    EXPECT_TRUE(gate.has_passed(5));
    EXPECT_FALSE(gate.has_passed(6));
    gate.wait_for(5);  // Returns at once.
    gate.open();
    EXPECT_TRUE(gate.has_passed(~std::uint64_t{0}));
}

}  // namespace
}  // namespace flowsift::output
