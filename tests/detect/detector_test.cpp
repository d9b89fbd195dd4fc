#include "detect/detector.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace flowsift::detect {
namespace {

using features::FlowRow;
using flow::FlowIdentity;
using model::Model;
using model::Node;
using model::Tree;

/// A tree of one question: row[feature] <= threshold gives `left`, else `right`.
Tree stump(std::uint16_t feature, float threshold, std::vector<float> left, const std::vector<float>& right) {
    const Node root{.threshold = threshold, .feature = feature, .is_leaf = false, .left = 1};
    Tree tree{{root, Node{.leaf = 0}, Node{.leaf = 1}}, std::move(left)};
    tree.values.insert(tree.values.end(), right.begin(), right.end());
    return tree;
}

/// Two features and three classes. Over 100 bytes/s it is a flood for the first tree, over 10 packets for the second.
Model small_model() {
    Model model;
    model.schema.features = {features::find_feature("Flow Bytes/s").value(),
                             features::find_feature("Total Fwd Packet").value()};
    model.classes = {"BENIGN", "DoS Hulk", "PortScan"};
    model.hash = "cafe";
    model.stages.resize(1);
    model.end_stage().forest.feature_count = 2;
    model.end_stage().forest.class_count = 3;
    model.end_stage().forest.trees = {stump(0, 100, {0.9f, 0.1f, 0}, {0.1f, 0.9f, 0}),
                                      stump(1, 10, {0.6f, 0, 0.4f}, {0.2f, 0.5f, 0.3f})};
    return model;
}

struct Recorder : VerdictListener {
    struct Seen {
        std::uint16_t class_index;
        float probability;
        std::vector<float> probabilities;
    };
    struct Alarm {
        std::uint64_t number;
        std::string label, category, model_hash, capture;
        Severity severity;
        std::uint32_t signature_id;
        const FlowIdentity* flow;
        std::size_t verdicts_before;
    };

    void on_verdict(const FlowRow&, const Verdict& verdict) override {
        verdicts.push_back(
            {verdict.class_index, verdict.probability, {verdict.probabilities.begin(), verdict.probabilities.end()}});
    }
    void on_alert(const Alert& alert) override {
        alarms.push_back({alert.number, std::string(alert.label), std::string(alert.category),
                          std::string(alert.model_hash), std::string(alert.capture), alert.severity, alert.signature_id,
                          &alert.flow, verdicts.size()});
    }

    void on_episode(const Episode& episode) override {
        EXPECT_FALSE(episode.label.empty());
        episodes.push_back(episode);
    }
    void on_notice(const Notice& notice) override {
        EXPECT_EQ(notice.subject, "budget");
        notices.emplace_back(notice.text);
    }

    std::vector<Seen> verdicts;
    std::vector<Alarm> alarms;
    std::vector<Episode> episodes;  ///< Their texts view the model.
    std::vector<std::string> notices;
};

FlowIdentity flow_between(int source, int target, base::Nanoseconds at = 0) {
    FlowIdentity flow;
    flow.source.bytes = {1, static_cast<std::uint8_t>(source >> 8), static_cast<std::uint8_t>(source)};
    flow.destination.bytes = {2, static_cast<std::uint8_t>(target >> 8), static_cast<std::uint8_t>(target)};
    flow.first = flow.last = at;
    flow.forward_packets = 1;
    return flow;
}

void feed(Detector& detector, const FlowIdentity& flow, std::vector<double> values) {
    detector.on_flow_ended({flow, values});
}

TEST(Detector, TellsTheMostProbableClassAndAllProbabilities) {
    const Model model = small_model();
    Recorder recorder;
    Detector detector(model, model.schema, default_policy(model), {.capture = "a.pcap"}, recorder);
    feed(detector, {}, {100, 11});  // (0.9+0.2)/2, (0.1+0.5)/2, (0+0.3)/2
    ASSERT_EQ(recorder.verdicts.size(), 1u);
    EXPECT_EQ(recorder.verdicts[0].class_index, 0);
    EXPECT_FLOAT_EQ(recorder.verdicts[0].probability, 0.55f);
    EXPECT_FLOAT_EQ(recorder.verdicts[0].probabilities[1], 0.3f);
    EXPECT_FLOAT_EQ(recorder.verdicts[0].probabilities[2], 0.15f);
    EXPECT_TRUE(recorder.alarms.empty());
}

TEST(Detector, AlertsAfterTheVerdictWithAllThatIsKnown) {
    const Model model = small_model();
    Recorder recorder;
    Detector detector(model, model.schema, default_policy(model, 0.5F), {.capture = "a.pcap"}, recorder);
    const FlowIdentity flow;
    feed(detector, flow, {1, 1});
    feed(detector, flow, {101, 11});  // DoS Hulk: (0.9+0.5)/2 = 0.7
    ASSERT_EQ(recorder.alarms.size(), 1u);
    const Recorder::Alarm& alarm = recorder.alarms[0];
    EXPECT_EQ(alarm.number, 1u);
    EXPECT_EQ(alarm.label, "DoS Hulk");
    EXPECT_EQ(alarm.category, "Attempted Denial of Service");
    EXPECT_EQ(alarm.severity, Severity::kHigh);
    EXPECT_EQ(alarm.signature_id, signature_id("DoS Hulk"));
    EXPECT_EQ(alarm.model_hash, "cafe");
    EXPECT_EQ(alarm.capture, "a.pcap");
    EXPECT_EQ(alarm.flow, &flow);
    EXPECT_EQ(alarm.verdicts_before, 2u);
}

// The forest says 0.7 in float32, which is less than the double 0.7: a threshold of 0.7 must be met all the same.
TEST(Detector, AProbabilityEqualToTheThresholdAlerts) {
    Model model = small_model();
    model.end_stage().forest.trees = {stump(0, 100, {1, 0, 0}, {0.3f, 0.7f, 0})};
    ASSERT_LT(static_cast<double>(0.7f), 0.7);
    for (const auto& [threshold, alerts] : {std::pair{0.7, 1u}, std::pair{0.7001, 0u}, std::pair{0.0, 1u}}) {
        Recorder recorder;
        Detector detector(model, model.schema, default_policy(model, static_cast<float>(threshold)), {}, recorder);
        feed(detector, {}, {101, 0});
        EXPECT_EQ(recorder.alarms.size(), alerts) << threshold;
    }
}

TEST(Detector, EqualProbabilitiesGoToTheFirstClass) {
    Model model = small_model();
    model.end_stage().forest.trees = {stump(0, 100, {0.5f, 0.5f, 0}, {0, 0.5f, 0.5f})};
    Recorder recorder;
    Detector detector(model, model.schema, default_policy(model), {}, recorder);
    feed(detector, {}, {0, 0});
    feed(detector, {}, {101, 0});
    EXPECT_EQ(recorder.verdicts[0].class_index, 0);
    EXPECT_EQ(recorder.verdicts[1].class_index, 1);
}

// 100.000001 is 100 in float32, as it was in the training table: the row must stay left of a threshold of 100.
TEST(Detector, JudgesTheRowAsTrainingSawIt) {
    const Model model = small_model();
    Recorder recorder;
    Detector detector(model, model.schema, default_policy(model), {}, recorder);
    feed(detector, {}, {100.000001, 1});
    EXPECT_EQ(recorder.verdicts[0].class_index, 0);
}

/// At 8 packets every flow is a scan with 0.9, at its end it is what small_model() says.
Model staged_model() {
    Model model = small_model();
    model::Forest early = model.end_stage().forest;
    early.trees = {stump(0, 1e9F, {0.1f, 0, 0.9f}, {0.1f, 0, 0.9f})};
    model.stages.insert(model.stages.begin(), {8, early});
    return model;
}

TEST(Detector, JudgesALiveFlowByTheForestOfItsDepth) {
    const Model model = staged_model();
    Recorder recorder;
    Detector detector(model, model.schema, default_policy(model), {}, recorder);
    const std::vector<double> values = {1, 1};
    FlowIdentity flow;
    flow.forward_packets = 4;
    flow.backward_packets = 3;
    detector.on_checkpoint({flow, values});  // Seven packets: nothing has learnt from so few.
    EXPECT_EQ(detector.counters().live_verdicts, 0u);
    flow.backward_packets = 4;
    detector.on_checkpoint({flow, values});
    EXPECT_EQ(detector.counters().live_verdicts, 1u);
    ASSERT_EQ(recorder.alarms.size(), 1u);
    EXPECT_EQ(recorder.alarms[0].label, "PortScan");
    EXPECT_EQ(detector.counters().verdicts, 0u);
}

// Told as PortScan while it went on: for another class it is told again at its end.
TEST(Detector, TellsAtTheEndWhatIsAnotherClassThanItToldOfALiveFlow) {
    const Model model = staged_model();
    Recorder recorder;
    Detector detector(model, model.schema, default_policy(model), {}, recorder);
    FlowIdentity flow;
    flow.forward_packets = 8;
    const std::vector<double> harmless = {1, 1}, flood = {101, 11};
    detector.on_checkpoint({flow, harmless});
    detector.on_checkpoint({flow, harmless});
    EXPECT_EQ(recorder.alarms.size(), 1u);
    detector.on_flow_ended({flow, flood});  // DoS Hulk.
    EXPECT_EQ(recorder.alarms.size(), 2u);
}

TEST(Detector, DoesNotRepeatAtTheEndWhatItToldOfALiveFlow) {
    Model model = staged_model();
    model.end_stage().forest = model.stages[0].forest;
    Recorder recorder;
    Detector detector(model, model.schema, default_policy(model), {}, recorder);
    FlowIdentity flow;
    flow.forward_packets = 8;
    const std::vector<double> harmless = {1, 1};
    detector.on_checkpoint({flow, harmless});
    detector.on_flow_ended({flow, harmless});
    detector.finish();
    EXPECT_EQ(recorder.alarms.size(), 1u);
    ASSERT_EQ(recorder.episodes.size(), 1u);
    EXPECT_EQ(recorder.episodes[0].flows, 1u);
}

// The model wants {Flow Bytes/s, Total Fwd Packet}; the rows hold them elsewhere, among others that it never saw.
TEST(Detector, FindsItsFeaturesInWiderRows) {
    const Model model = small_model();
    const features::Schema& wide = features::cic_schema();
    std::vector<double> values(wide.size(), 1e6);
    for (std::size_t i = 0; i < wide.size(); ++i) {
        if (wide.feature(i).name == "Flow Bytes/s") values[i] = 100;
        if (wide.feature(i).name == "Total Fwd Packet") values[i] = 11;
    }
    Recorder recorder;
    Detector detector(model, wide, default_policy(model), {}, recorder);
    feed(detector, {}, values);
    EXPECT_EQ(recorder.verdicts[0].class_index, 0);
    EXPECT_FLOAT_EQ(recorder.verdicts[0].probability, 0.55f);  // As in the first test: (0.9+0.2)/2.
}

TEST(Detector, WithoutABenignClassEveryConfidentVerdictAlerts) {
    Model model = small_model();
    model.classes[0] = "Bot";
    Recorder recorder;
    Detector detector(model, model.schema, default_policy(model), {}, recorder);
    feed(detector, {}, {1, 1});
    EXPECT_EQ(recorder.alarms.size(), 1u);
}

// Random rows against the obvious way: each counter is what a plain count of the listener's calls gives.
TEST(Detector, CountersCloseOverRandomRows) {
    const Model model = small_model();
    Recorder recorder;
    Policy policy = default_policy(model, 0.6F);
    policy.alerts_per_hour = 0;
    Detector detector(model, model.schema, policy, {}, recorder);
    std::mt19937 random(3);
    for (int i = 0; i < 2'000; ++i)  // All from hosts of their own, so that each alarm is an episode.
        feed(detector, flow_between(2 * i, 2 * i + 1),
             {static_cast<double>(random() % 200), static_cast<double>(random() % 20)});
    const DetectorCounters& counters = detector.counters();
    std::vector<std::uint64_t> flows(3), alerts(4);
    std::size_t expected_alerts = 0;
    for (const auto& seen : recorder.verdicts) {
        ++flows[seen.class_index];
        if (seen.class_index != 0 && seen.probability >= 0.6f) ++alerts[seen.class_index], ++expected_alerts;
    }
    EXPECT_EQ(counters.verdicts, 2'000u);
    EXPECT_EQ(counters.flows_by_class, flows);
    EXPECT_EQ(counters.alerts, expected_alerts);
    EXPECT_EQ(counters.alerts_by_class, alerts);
    EXPECT_EQ(recorder.alarms.size(), expected_alerts);
    EXPECT_GT(expected_alerts, 0u);
    for (std::size_t i = 0; i < recorder.alarms.size(); ++i) EXPECT_EQ(recorder.alarms[i].number, i + 1);
}

// A flood from one host, a flow every 100 ms. Told at the first; at 2, 4 and 8 flows no second has passed; at the 11th,
// 1 s after the first, there are twice as many as were told; then at 22, 44 and 88, and at the end.
TEST(Detector, AnEpisodeIsToldWhenItDoublesAndWhenItEnds) {
    const Model model = small_model();
    Recorder recorder;
    Detector detector(model, model.schema, default_policy(model), {.first_number = 41}, recorder);
    for (int i = 0; i < 100; ++i) feed(detector, flow_between(1, i, i * 100 * base::kMillisecond), {101, 11});
    detector.finish();
    ASSERT_EQ(recorder.alarms.size(), 1u);
    EXPECT_EQ(recorder.alarms[0].number, 41u);
    std::vector<std::uint64_t> flows;
    for (const Episode& episode : recorder.episodes) flows.push_back(episode.flows);
    EXPECT_EQ(flows, (std::vector<std::uint64_t>{11, 22, 44, 88, 100}));
    EXPECT_EQ(recorder.episodes.back().targets, 100u);
    EXPECT_EQ(recorder.episodes.back().number, 41u);
    EXPECT_TRUE(recorder.episodes[3].is_open);
    EXPECT_FALSE(recorder.episodes[4].is_open);
}

// Benign rows are a clock, too.
TEST(Detector, AnEpisodeEndsWhenOtherFlowsShowThatTimeHasPassed) {
    const Model model = small_model();
    Recorder recorder;
    Detector detector(model, model.schema, default_policy(model), {}, recorder);
    feed(detector, flow_between(1, 2, 0), {101, 11});
    feed(detector, flow_between(3, 4, 601 * base::kSecond), {1, 1});
    ASSERT_EQ(recorder.episodes.size(), 1u);
    EXPECT_FALSE(recorder.episodes[0].is_open);
}

// Four an hour, a flood of medium severity every minute: three are told, the fourth quarter is kept for high severity.
// After an hour there is room again, and an episode that goes on is told then.
TEST(Detector, KeepsToTheBudgetAndSaysSo) {
    const Model model = small_model();
    Policy policy = default_policy(model);
    policy.alerts_per_hour = 4;
    policy.quiet_time = 7'200 * base::kSecond;
    policy.classes[1].severity = Severity::kMedium;
    Recorder recorder;
    Detector detector(model, model.schema, policy, {}, recorder);
    constexpr base::Nanoseconds kMinute = 60 * base::kSecond;
    for (int i = 0; i < 10; ++i) feed(detector, flow_between(2 * i, 2 * i + 1, i * kMinute), {101, 11});
    EXPECT_EQ(recorder.alarms.size(), 3u);
    EXPECT_EQ(detector.counters().held_back, 7u);
    ASSERT_EQ(recorder.notices.size(), 1u);
    feed(detector, flow_between(8, 9, 63 * kMinute), {101, 11});  // All have left the window.
    EXPECT_EQ(recorder.alarms.size(), 4u);
    EXPECT_EQ(detector.counters().told_late, 1u);
    ASSERT_EQ(recorder.notices.size(), 2u);
    EXPECT_EQ(recorder.notices[1],
              "the budget has room again, thresholds are as set; held back meanwhile: 0 high, 7 medium, 0 low");
}

// The flood's first tree gives it 0.9 rather than 0.1 for its bytes/s, the second 0.5 rather than 0 for its packets.
TEST(Detector, TellsTheReasonsWithTheRangeOfBenignFlows) {
    Model model = small_model();
    for (model::Tree& tree : model.end_stage().forest.trees)
        for (model::Node& node : tree.nodes) node.cover = node.is_leaf ? 1 : 2;
    model.end_stage().reference = {100, {{.low = 3, .high = 7, .edges = {}, .shares = {1}}, {.shares = {1}}}};
    struct Reasons : VerdictListener {
        void on_verdict(const FlowRow&, const Verdict&) override {}
        void on_alert(const Alert& alert) override {
            reasons.assign(alert.reasons.begin(), alert.reasons.end());
            loss = alert.loss;
        }
        std::vector<Reason> reasons;
        CaptureLoss loss;
    } listener;
    Detector detector(model, model.schema, default_policy(model), {}, listener);
    detector.tell_capture({1'000, 10});
    feed(detector, {}, {101, 11});
    // Each way of a node was taken as often: half of what the two leaves differ by, and half of the forest each.
    ASSERT_EQ(listener.reasons.size(), 2u);
    EXPECT_EQ(listener.reasons[0].name, "Flow Bytes/s");
    EXPECT_EQ(listener.reasons[0].value, 101);
    EXPECT_FLOAT_EQ(listener.reasons[0].contribution, 0.2F);
    EXPECT_TRUE(listener.reasons[0].has_range);
    EXPECT_EQ(listener.reasons[0].benign_low, 3);
    EXPECT_EQ(listener.reasons[0].benign_high, 7);
    EXPECT_EQ(listener.reasons[1].feature, 1);
    EXPECT_FLOAT_EQ(listener.reasons[1].contribution, 0.125F);
    EXPECT_EQ(listener.loss.received, 1'000u);
    EXPECT_EQ(listener.loss.dropped, 10u);
}

// Two trees, so one pair of leaves. That of {low, low} was met in training; {high, low} is benign by (0.4+0.6)/2, and
// new: the alert comes with the third such flow.
TEST(Detector, FlowsLikeNothingLearntFromAreOneAlertWhenTheyAreSeveral) {
    Model model = small_model();
    model.end_stage().forest.trees = {stump(0, 100, {0.9f, 0.1f, 0}, {0.4f, 0.6f, 0}),
                                      stump(1, 10, {0.7f, 0, 0.3f}, {0.2f, 0.5f, 0.3f})};
    model.end_stage().pairs.bits.assign(64, 0);
    model.end_stage().pairs.add(0, 1, 1);
    Policy policy = default_policy(model);
    policy.unknown_flows = 3;
    for (const bool is_on : {false, true}) {
        policy.alerts_on_unknown = is_on;
        Recorder recorder;
        Detector detector(model, model.schema, policy, {}, recorder);
        for (int i = 0; i < 5; ++i) {
            feed(detector, flow_between(7, i), {1, 1});
            feed(detector, flow_between(7, i), {101, 1});
        }
        detector.finish();
        EXPECT_EQ(detector.counters().novel, 5u);
        ASSERT_EQ(recorder.alarms.size(), is_on ? 1u : 0u);
        if (!is_on) continue;
        EXPECT_EQ(recorder.alarms[0].label, "Unknown");
        EXPECT_EQ(recorder.alarms[0].severity, Severity::kLow);
        EXPECT_EQ(recorder.alarms[0].verdicts_before, 6u);
        EXPECT_EQ(recorder.episodes.back().flows, 5u);
        EXPECT_EQ(detector.counters().alerts_by_class[3], 1u);
    }
}

}  // namespace
}  // namespace flowsift::detect
