// Nothing is allocated between a row and its verdict, episode, alert and reasons: every operator new of this program is
// counted.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "detect/detector.h"

namespace {

thread_local std::size_t allocations = 0;

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace flowsift::detect {
namespace {

/// More than 10 packets are a flood.
model::Model flood_model() {
    model::Model model;
    model.schema.features = {*features::find_feature("Total Fwd Packet")};
    model.classes = {"BENIGN", "DoS Hulk"};
    model.stages.resize(1);
    model::Forest& forest = model.end_stage().forest;
    forest.feature_count = 1;
    forest.class_count = 2;
    const model::Node root{.threshold = 10, .feature = 0, .is_leaf = false, .left = 1, .cover = 2};
    forest.trees = {{{root, {.leaf = 0, .cover = 1}, {.leaf = 1, .cover = 1}}, {0.9F, 0.1F, 0.2F, 0.8F}}};
    model.end_stage().reference = {100, {{.low = 1, .high = 5, .edges = {2}, .shares = {0.5F, 0.5F}}}};
    return model;
}

struct Counter : VerdictListener {
    void on_verdict(const features::FlowRow&, const Verdict&) override {}
    void on_alert(const Alert& alert) override { reasons += alert.reasons.size(); }
    void on_episode(const Episode&) override { ++episodes; }
    std::size_t reasons = 0, episodes = 0;
};

TEST(Allocation, AlarmsEpisodesAndReasonsTakeNone) {
    std::size_t before = allocations;
    const model::Model model = flood_model();
    Counter counter;
    Policy policy = default_policy(model);
    policy.alerts_per_hour = 0;
    Detector detector(model, model.schema, policy, {.limits = {.open = 64, .peers = 256}}, counter);
    EXPECT_GT(allocations, before) << "the count does not count";
    before = allocations;
    flow::FlowIdentity flow;
    for (int i = 0; i < 20'000; ++i) {
        flow.source.bytes[0] = static_cast<std::uint8_t>(i / 20);
        flow.destination.bytes[1] = static_cast<std::uint8_t>(i / 3);
        flow.destination.bytes[2] = static_cast<std::uint8_t>(i / 700);
        flow.first = flow.last = i * base::kMillisecond * 100;
        const std::array<double, 1> values = {i % 2 == 0 ? 11.0 : 1.0};
        detector.on_flow_ended({flow, values});
    }
    detector.finish();
    EXPECT_EQ(allocations, before);
    EXPECT_GT(counter.reasons, 100u);
    EXPECT_GT(counter.episodes, 100u);
}

}  // namespace
}  // namespace flowsift::detect
