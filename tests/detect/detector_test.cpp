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

    std::vector<Seen> verdicts;
    std::vector<Alarm> alarms;
};

void feed(Detector& detector, const FlowIdentity& flow, std::vector<double> values) {
    detector.on_flow_ended({flow, values});
}

TEST(Detector, TellsTheMostProbableClassAndAllProbabilities) {
    const Model model = small_model();
    Recorder recorder;
    Detector detector(model, model.schema, default_policy(model), "a.pcap", recorder);
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
    Detector detector(model, model.schema, default_policy(model, 0.5F), "a.pcap", recorder);
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
        Detector detector(model, model.schema, default_policy(model, static_cast<float>(threshold)), "", recorder);
        feed(detector, {}, {101, 0});
        EXPECT_EQ(recorder.alarms.size(), alerts) << threshold;
    }
}

TEST(Detector, EqualProbabilitiesGoToTheFirstClass) {
    Model model = small_model();
    model.end_stage().forest.trees = {stump(0, 100, {0.5f, 0.5f, 0}, {0, 0.5f, 0.5f})};
    Recorder recorder;
    Detector detector(model, model.schema, default_policy(model), "", recorder);
    feed(detector, {}, {0, 0});
    feed(detector, {}, {101, 0});
    EXPECT_EQ(recorder.verdicts[0].class_index, 0);
    EXPECT_EQ(recorder.verdicts[1].class_index, 1);
}

// 100.000001 is 100 in float32, as it was in the training table: the row must stay left of a threshold of 100.
TEST(Detector, JudgesTheRowAsTrainingSawIt) {
    const Model model = small_model();
    Recorder recorder;
    Detector detector(model, model.schema, default_policy(model), "", recorder);
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
    Detector detector(model, model.schema, default_policy(model), "", recorder);
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
    Detector detector(model, model.schema, default_policy(model), "", recorder);
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
    Detector detector(model, model.schema, default_policy(model), "", recorder);
    FlowIdentity flow;
    flow.forward_packets = 8;
    const std::vector<double> harmless = {1, 1};
    detector.on_checkpoint({flow, harmless});
    detector.on_flow_ended({flow, harmless});
    EXPECT_EQ(recorder.alarms.size(), 1u);
    detector.on_flow_ended({flow, harmless});  // Forgotten: one of the same key and moment is another.
    EXPECT_EQ(recorder.alarms.size(), 2u);
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
    Detector detector(model, wide, default_policy(model), "", recorder);
    feed(detector, {}, values);
    EXPECT_EQ(recorder.verdicts[0].class_index, 0);
    EXPECT_FLOAT_EQ(recorder.verdicts[0].probability, 0.55f);  // As in the first test: (0.9+0.2)/2.
}

TEST(Detector, WithoutABenignClassEveryConfidentVerdictAlerts) {
    Model model = small_model();
    model.classes[0] = "Bot";
    Recorder recorder;
    Detector detector(model, model.schema, default_policy(model), "", recorder);
    feed(detector, {}, {1, 1});
    EXPECT_EQ(recorder.alarms.size(), 1u);
}

// Random rows against the obvious way: each counter is what a plain count of the listener's calls gives.
TEST(Detector, CountersCloseOverRandomRows) {
    const Model model = small_model();
    Recorder recorder;
    Detector detector(model, model.schema, default_policy(model, 0.6F), "", recorder);
    std::mt19937 random(3);
    for (int i = 0; i < 2'000; ++i)
        feed(detector, {}, {static_cast<double>(random() % 200), static_cast<double>(random() % 20)});
    const DetectorCounters& counters = detector.counters();
    std::vector<std::uint64_t> flows(3), alerts(3);
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

}  // namespace
}  // namespace flowsift::detect
