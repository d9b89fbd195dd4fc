// Real captures, a forest trained on them, and every output at once: what is written must be what was judged.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "capture/capture_file.h"
#include "dataset/load.h"
#include "dataset/table_builder.h"
#include "decode/decoder.h"
#include "detect/detector.h"
#include "features/flow_meter.h"
#include "learn/forest_trainer.h"
#include "output/flow_csv.h"
#include "output/run_summary.h"
#include "output/sink.h"
#include "tests/output/flows_for_tests.h"

namespace flowsift::output {
namespace {

using features::FlowMeter;
using features::FlowRow;

constexpr const char* kScan = "attacks/portscan/nmap-lab.pcap";
constexpr const char* kBenign = "benign/dns-normal_00000_20230805150331.pcap";

/// Runs a capture of FLOWSIFT_DATA through decoder and meter; gives the meter's counters and the frames that were read.
struct Counted {
    features::MeterCounters meter;
    decode::DecodeCounters decode;
};

Counted run_capture(const std::string& path, features::FlowListener& listener) {
    auto source = capture::open_capture(path);
    EXPECT_TRUE(source.ok()) << path;
    decode::Decoder decoder(base::HashKey{1, 2});
    FlowMeter meter({features::kProfiles[0], base::HashKey{1, 2}}, features::cic_schema(), listener);
    decode::Packet packet;
    std::span<const capture::RawPacket> batch;
    while (source.ok() && (*source)->read(batch) == capture::ReadStatus::kPackets)
        for (const capture::RawPacket& raw : batch)
            if (decode::is_for_flows(decoder.decode(raw, packet))) meter.add(packet);
    meter.finish();
    return {meter.counters(), decoder.counters()};
}

struct Collector : features::FlowListener {
    Collector(dataset::TableBuilder& builder, std::string_view label) : table(builder), name(label) {}
    void on_flow_ended(const FlowRow& row) override { EXPECT_TRUE(table.add_row(row, name).ok()); }
    dataset::TableBuilder& table;
    std::string_view name;
};

model::Model train(const std::string& data) {
    dataset::TableBuilder builder(features::cic_schema(), "default");
    for (const auto& [file, label] : {std::pair{kScan, "PortScan"}, std::pair{kBenign, "BENIGN"}}) {
        builder.begin_source(file);
        Collector collector(builder, label);
        run_capture(data + "/" + file, collector);
    }
    const dataset::Table table = builder.finish();
    std::vector<std::uint32_t> rows(table.rows());
    for (std::uint32_t i = 0; i < rows.size(); ++i) rows[i] = i;
    learn::ForestOptions options;
    options.trees = 10;
    auto trained = learn::train_forest(table, rows, options, {});
    EXPECT_TRUE(trained.ok());
    model::Model model;
    model.schema = table.schema;
    model.profile = "default";
    model.classes = table.classes;
    model.stages.push_back({0, std::move(trained->forest)});
    model.hash = std::string(64, 'a');
    return model;
}

/// Hands every verdict and alert to all kinds of sinks, and keeps what was judged.
class AllSinks : public detect::VerdictListener {
  public:
    explicit AllSinks(const model::Model& model) {
        for (const SinkKind& kind : sink_kinds()) {
            if (kind.is_remote) continue;
            files_.push_back(std::make_unique<TemporaryFile>(std::string(kind.name)));
            auto sink = kind.make({.path = files_.back()->path(),
                                   .capture = "nmap-lab.pcap",
                                   .schema = features::cic_schema(),
                                   .profile = "default",
                                   .classes = model.classes,
                                   .with_flows = true});
            EXPECT_TRUE(sink.ok());
            sinks_.push_back(std::move(*sink));
        }
    }

    void on_verdict(const FlowRow& row, const detect::Verdict& verdict) override {
        for (auto& sink : sinks_) sink->on_flow(row, &verdict);
        judged.emplace_back(verdict.probabilities.begin(), verdict.probabilities.end());
    }
    void on_alert(const detect::Alert& alert) override {
        for (auto& sink : sinks_) sink->on_alert(alert);
    }
    void on_episode(const detect::Episode& episode) override {
        for (auto& sink : sinks_) sink->on_episode(episode);
        if (!episode.is_open) alarmed_flows += episode.flows;
    }
    void finish() {
        for (auto& sink : sinks_) EXPECT_TRUE(sink->finish().ok());
    }
    const TemporaryFile& file(std::string_view name) const {
        const auto kinds = sink_kinds();
        const auto found =
            std::find_if(kinds.begin(), kinds.end(), [&](const SinkKind& kind) { return kind.name == name; });
        return *files_.at(static_cast<std::size_t>(found - kinds.begin()));
    }

    std::vector<std::vector<float>> judged;
    std::uint64_t alarmed_flows = 0;  ///< Of all episodes.

  private:
    std::vector<std::unique_ptr<TemporaryFile>> files_;
    std::vector<std::unique_ptr<Sink>> sinks_;
};

/// One run over the scan, shared by the tests below.
class RealRun : public testing::Test {
  protected:
    void SetUp() override {
        const char* data = std::getenv("FLOWSIFT_DATA");
        if (!data) GTEST_SKIP() << "FLOWSIFT_DATA is not set: the captures are there";
        data_ = data;
        model_ = train(data_);
        outputs_ = std::make_unique<AllSinks>(model_);
        detector_ =
            std::make_unique<detect::Detector>(model_, features::cic_schema(), detect::default_policy(model_),
                                               detect::Detector::Options{.capture = "nmap-lab.pcap"}, *outputs_);
        counted_ = run_capture(data_ + "/" + kScan, *detector_);
        detector_->finish();
        outputs_->finish();
    }

    std::string data_;
    model::Model model_;
    std::unique_ptr<AllSinks> outputs_;
    std::unique_ptr<detect::Detector> detector_;
    Counted counted_;
};

// The rows of the CSV file, read back as `train` and `classify` read them, get the very verdicts that were given live.
TEST_F(RealRun, RowsReadBackGetTheSameVerdicts) {
    dataset::LoadOptions options;
    options.schema = model_.schema;
    options.needs_labels = options.needs_two_classes = false;
    const auto loaded = dataset::load_csv_files({outputs_->file("csv").path()}, options);
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    ASSERT_EQ(loaded->table.rows(), outputs_->judged.size());
    EXPECT_EQ(loaded->table.profile, "default");
    EXPECT_EQ(kNoLabel, dataset::kUnlabelled);
    std::vector<float> row(model_.schema.size()), probabilities(model_.classes.size());
    detect::Judge judge(model_);
    for (std::size_t i = 0; i < loaded->table.rows(); ++i) {
        for (std::size_t feature = 0; feature < row.size(); ++feature) row[feature] = loaded->table.columns[feature][i];
        judge.judge(0, row, probabilities);
        ASSERT_EQ(probabilities, outputs_->judged[i]) << "row " << i;
    }
}

TEST_F(RealRun, PredictionsAreTheVerdicts) {
    std::istringstream lines(outputs_->file("predictions").content());
    std::string line;
    std::getline(lines, line);
    EXPECT_TRUE(line.ends_with(",Label,Probability,P(BENIGN),P(PortScan),Novel"));
    for (const std::vector<float>& probabilities : outputs_->judged) {
        ASSERT_TRUE(std::getline(lines, line));
        const std::size_t novel = line.rfind(','), last = line.rfind(',', novel - 1),
                          before = line.rfind(',', last - 1);
        EXPECT_EQ(std::strtof(line.c_str() + before + 1, nullptr), probabilities[0]);
        EXPECT_EQ(std::strtof(line.c_str() + last + 1, nullptr), probabilities[1]);
    }
    EXPECT_FALSE(std::getline(lines, line));
}

TEST_F(RealRun, EveHoldsEveryFlowAndAlertAndIsValid) {
    const std::string content = outputs_->file("eve").content();
    const auto count = [&](std::string_view what) {
        std::uint64_t found = 0;
        for (std::size_t at = 0; (at = content.find(what, at)) != std::string::npos; ++at) ++found;
        return found;
    };
    EXPECT_EQ(count(R"("episode_state":["opened"])"), detector_->counters().alerts);
    EXPECT_EQ(count(R"("event_type":"flow")"), detector_->counters().verdicts);
    EXPECT_GT(outputs_->alarmed_flows, 100u);
    EXPECT_LT(detector_->counters().alerts, 10u);
    const std::string command =
        fmt::format("/usr/bin/python3 '{}/tests/output/validate_eve.py' '{}/eve-schema.json' '{}'", FLOWSIFT_SOURCE_DIR,
                    data_, outputs_->file("eve").path());
    const int status = WEXITSTATUS(std::system(command.c_str()));
    if (status == 77) GTEST_SKIP() << "python3-jsonschema is not installed";
    EXPECT_EQ(status, 0);
}

TEST_F(RealRun, SumsClose) {
    RunSummary summary;
    RunStatistics& totals = summary.totals;
    for (const decode::OutcomeInfo& info : decode::outcomes())
        if (!decode::is_for_flows(info.outcome))
            summary.other_packets.push_back({std::string(info.name), counted_.decode.count(info.outcome)});
    summary.other_packets.push_back({"late", counted_.meter.late_packets});
    for (const NamedCount& other : summary.other_packets) totals.packets_other += other.count;
    totals.packets_received = counted_.decode.frames_in();
    totals.packets_in_flows = counted_.meter.packets - counted_.meter.late_packets;
    totals.flows_started = counted_.meter.flows_started;
    totals.flows_live = counted_.meter.flows_live;
    for (int i = 0; i < flow::kEndReasonCount; ++i) {
        const std::uint64_t ended = counted_.meter.flows_ended[static_cast<std::size_t>(i)];
        summary.end_reasons.push_back({std::string(to_string(static_cast<flow::EndReason>(i))), ended});
        totals.flows_ended += ended;
    }
    totals.alerts = detector_->counters().alerts;
    for (std::size_t i = 0; i < model_.classes.size(); ++i)
        summary.classes.push_back(
            {model_.classes[i], detector_->counters().flows_by_class[i], detector_->counters().alerts_by_class[i]});
    EXPECT_THAT(render_run_summary(summary, {}), testing::HasSubstr("All sums close"));
    EXPECT_GT(totals.flows_ended, 100u);
}

// A person sees a few dozen lines of a scan of thousands of ports, none wider than 100 columns.
TEST_F(RealRun, AScanDoesNotDrownItsReader) {
    std::istringstream lines(outputs_->file("terminal").content());
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) EXPECT_LE(line.size(), 100u) << line;
    EXPECT_GT(count, 2u);
    EXPECT_LT(count, outputs_->alarmed_flows / 4);
}

}  // namespace
}  // namespace flowsift::output
