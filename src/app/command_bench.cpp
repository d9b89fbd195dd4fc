#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>

#include "app/command.h"
#include "app/measurement.h"
#include "app/stop_signal.h"
#include "app/text.h"
#include "base/json.h"
#include "base/progress_bar.h"
#include "base/terminal.h"
#include "detect/detector.h"
#include "model/model_file.h"

namespace flowsift::app {
namespace {

constexpr std::size_t kKeptRows = 20'000;        ///< That verdicts are timed on.
constexpr std::size_t kVerdictsARound = 20'000;  ///< At least.

struct BenchOptions {
    std::string capture;
    std::string model;
    int rounds = 5;
    bool json = false;
};

class NoListener final : public features::FlowListener {
  public:
    void on_flow_ended(const features::FlowRow&) override {}
};

class NoVerdictListener final : public detect::VerdictListener {
  public:
    void on_verdict(const features::FlowRow&, const detect::Verdict&) override {}
    void on_alert(const detect::Alert&) override {}
};

using Profile = features::AssemblyProfile;

base::Result<std::uint64_t> run_flows_step(const std::string& path, const Profile& profile) {
    NoListener listener;
    const auto totals = meter_packets(path, {.profile = profile, .schema = {.name = "none"}}, listener);
    if (!totals) return totals.error();
    return totals->packets_received;
}

base::Result<std::uint64_t> run_rows_step(const std::string& path, const Profile& profile) {
    const auto totals = write_rows(path, "/dev/null", {.profile = profile});
    if (!totals) return totals.error();
    return totals->packets_received;
}

/// The path from a file to rows, each step with all before it but the first, which is another program's.
struct Step {
    std::string_view name;  ///< In JSON.
    std::string_view text;
    base::Result<std::uint64_t> (*run)(const std::string& path, const Profile& profile);  ///< Packets.
};
constexpr Step kSteps[] = {
    {"pcap_loop", "libpcap's pcap_loop, counting only",
     [](const std::string& path, const Profile&) { return count_by_libpcap(path); }},
    {"read", "reading, counting only", [](const std::string& path, const Profile&) { return count_packets(path); }},
    {"decode", "+ decoding", [](const std::string& path, const Profile&) { return decode_packets(path); }},
    {"flows", "+ flows, without features", run_flows_step},
    {"rows", "+ features and CSV", run_rows_step},
};

struct StepRate {
    const Step* step;
    double seconds = 0;  ///< Median.
};

/// What one walk through the capture shows besides time.
struct Survey {
    output::RunStatistics totals;
    std::uint64_t most_live = 0;
    std::size_t memory_at_most_live = 0;
    std::size_t most_memory = 0;
    double memory_sum = 0;  ///< Over the batches, as is live_sum.
    double live_sum = 0;

    void sample(const features::PacketMeter& meter) {
        const std::uint64_t live = meter.counters().flows_live;
        const std::size_t memory = meter.memory_bytes();
        if (live > most_live) most_live = live, memory_at_most_live = memory;
        most_memory = std::max(most_memory, memory);
        memory_sum += static_cast<double>(memory);
        live_sum += static_cast<double>(live);
    }
    double mean_bytes_per_live_flow() const { return live_sum > 0 ? memory_sum / live_sum : 0; }
    double bytes_per_live_flow_at_most() const {
        return most_live > 0 ? static_cast<double>(memory_at_most_live) / static_cast<double>(most_live) : 0;
    }
};

/// Keeps the first rows, to be judged again and again.
class RowKeeper final : public features::FlowListener {
  public:
    void on_flow_ended(const features::FlowRow& row) override {
        if (identities_.size() == kKeptRows) return;
        identities_.push_back(row.identity);
        values_.insert(values_.end(), row.values.begin(), row.values.end());
    }

    std::size_t size() const { return identities_.size(); }
    void give_to(features::FlowListener& listener) const {
        const std::size_t width = identities_.empty() ? 0 : values_.size() / identities_.size();
        for (std::size_t i = 0; i < identities_.size(); ++i)
            listener.on_flow_ended({identities_[i], std::span(values_).subspan(i * width, width)});
    }

  private:
    std::vector<features::FlowIdentity> identities_;
    std::vector<double> values_;
};

struct Findings {
    Survey survey;
    std::vector<StepRate> rates;
    std::optional<double> verdict_nanoseconds;

    double packets() const { return static_cast<double>(survey.totals.packets_received); }
    /// The yardstick of the other steps: pcap_loop, or our own reading where libpcap cannot read the file.
    const StepRate& baseline() const { return rates.front(); }
};

/// Runs everything; one per command.
class Bench {
  public:
    explicit Bench(const BenchOptions& options) : options_(options) {}

    base::Result<int> run();

  private:
    base::Result<void> open_model();
    base::Result<void> survey();
    base::Result<void> time_steps();
    void time_verdicts();
    std::string text() const;
    std::string rate_line(const StepRate& rate) const;
    std::string verdict_text() const;
    std::string json_text() const;

    const BenchOptions& options_;
    Profile profile_ = features::kProfiles[0];
    std::optional<model::Model> model_;
    RowKeeper rows_;
    Findings findings_;
};

base::Result<int> Bench::run() {
    if (options_.capture == "-")
        return base::Error{"a capture is measured by reading it several times: name a file", base::ErrorKind::kUsage};
    if (const auto opened = open_model(); !opened) return opened.error();
    if (const auto surveyed = survey(); !surveyed) return surveyed.error();
    if (const auto timed = time_steps(); !timed) return timed.error();
    time_verdicts();
    return print_to_stdout(options_.json ? json_text() : text());
}

base::Result<void> Bench::open_model() {
    if (options_.model.empty()) return {};
    auto model = model::open_model(options_.model);
    if (!model) return model.error();
    if (const auto servable = model->check_servable(); !servable) return servable.error();
    profile_ = *features::find_profile(model->profile);
    model_.emplace(std::move(*model));
    return {};
}

/// Besides, this unmeasured walk brings the file into the page cache.
base::Result<void> Bench::survey() {
    Survey& survey = findings_.survey;
    const auto sample = [&survey](const features::PacketMeter& meter) { survey.sample(meter); };
    const auto totals = meter_packets(options_.capture, {.profile = profile_, .after_batch = sample}, rows_);
    if (!totals) return totals.error();
    if (totals->packets_received == 0)
        return base::Error{fmt::format("{} holds no packets: there is nothing to measure", options_.capture)};
    survey.totals = *totals;
    return {};
}

/// The steps in turn, round after round, so that whatever else the machine does meets all of them.
base::Result<void> Bench::time_steps() {
    base::ProgressBar bar({.label = "measuring", .unit = "rounds"}, stop_requested());
    const base::Progress progress = bar.progress();
    std::vector<std::vector<double>> times(std::size(kSteps));
    for (int round = 0; round < options_.rounds; ++round) {
        for (std::size_t i = 0; i < std::size(kSteps); ++i) {
            base::Result<std::uint64_t> packets = 0;
            const double seconds = seconds_of([&] { packets = kSteps[i].run(options_.capture, profile_); });
            if (packets && *packets == findings_.survey.totals.packets_received)
                times[i].push_back(seconds);
            else if (i > 0)  // libpcap alone may fail: it reads no compressed files and stops at damage.
                return packets ? base::Error{options_.capture + " changed while it was measured"} : packets.error();
        }
        if (!progress.advance(static_cast<std::uint64_t>(round) + 1, static_cast<std::uint64_t>(options_.rounds)))
            return base::Error{"stopped before all rounds were measured"};
    }
    for (std::size_t i = 0; i < std::size(kSteps); ++i)
        if (!times[i].empty()) findings_.rates.push_back({&kSteps[i], median(times[i])});
    return {};
}

void Bench::time_verdicts() {
    if (!model_ || rows_.size() == 0) return;
    NoVerdictListener listener;
    detect::Detector detector(*model_, features::cic_schema(), detect::default_policy(*model_),
                              {.capture = options_.capture}, listener);
    const std::size_t passes = (kVerdictsARound + rows_.size() - 1) / rows_.size();
    std::vector<double> times;
    times.reserve(static_cast<std::size_t>(options_.rounds));
    for (int round = 0; round < options_.rounds; ++round) {
        times.push_back(seconds_of([&] {
            for (std::size_t pass = 0; pass < passes; ++pass) rows_.give_to(detector);
        }));
    }
    findings_.verdict_nanoseconds = median(times) * 1e9 / static_cast<double>(passes * rows_.size());
}

std::string Bench::rate_line(const StepRate& rate) const {
    const double gigabits = static_cast<double>(findings_.survey.totals.wire_bytes) * 8 / 1e9;
    return fmt::format("  {}{:>12.2f}{:>12.1f}{:>12.2f}{:>12.3f}\n", padded(rate.step->text, 36),
                       findings_.packets() / rate.seconds / 1e6, rate.seconds * 1e9 / findings_.packets(),
                       gigabits / rate.seconds, findings_.baseline().seconds / rate.seconds);
}

std::string Bench::verdict_text() const {
    if (!model_) return "  name a MODEL besides the capture to learn what a verdict costs\n";
    if (!findings_.verdict_nanoseconds) return "  the capture holds no flow that could be judged\n";
    const double a_flow = *findings_.verdict_nanoseconds;
    const double a_packet = a_flow * static_cast<double>(findings_.survey.totals.flows_ended) / findings_.packets();
    return fmt::format("  {}{:>12.0f} ns, {:.1f} ns a packet of this capture ({} trees)\n", padded("a flow", 36),
                       a_flow, a_packet, model_->end_stage().forest.trees.size());
}

std::string Bench::text() const {
    const Survey& survey = findings_.survey;
    const output::RunStatistics& totals = survey.totals;
    std::string text =
        fmt::format("{}: {} packets of {:.0f} bytes on average, {} flows\n\n", base::printable(options_.capture),
                    base::grouped(totals.packets_received),
                    static_cast<double>(totals.wire_bytes) / findings_.packets(), base::grouped(totals.flows_ended));
    text += fmt::format("{}{:>12}{:>12}{:>12}{:>12}\n",
                        padded(fmt::format("One core, medians of {} rounds", options_.rounds), 38), "M packets/s",
                        "ns/packet", "Gbit/s", "ratio");
    for (const StepRate& rate : findings_.rates) text += rate_line(rate);
    if (findings_.baseline().step != &kSteps[0])
        text += "  (libpcap cannot read this file whole: the ratio is to reading alone)\n";
    text += fmt::format("\nMemory for flows\n  {}{:>12}\n", padded("most live flows at once", 36),
                        base::grouped(survey.most_live));
    text += fmt::format("  {}{:>12} bytes, {:.0f} a flow\n", padded("allocated then", 36),
                        base::grouped(survey.memory_at_most_live), survey.bytes_per_live_flow_at_most());
    text += fmt::format("  {}{:>12} bytes\n", padded("most allocated", 36), base::grouped(survey.most_memory));
    text += fmt::format("  {}{:>12.0f} bytes\n", padded("a live flow, mean over the capture", 36),
                        survey.mean_bytes_per_live_flow());
    text += "  (taken in blocks of a thousand flows: where few are live, each bears more)\n";
    return text + "\nVerdict\n" + verdict_text();
}

std::string Bench::json_text() const {
    std::string text;
    base::JsonWriter json(text);
    const Survey& survey = findings_.survey;
    json.begin_object().member("capture", options_.capture).member("profile", profile_.name);
    json.member("packets", survey.totals.packets_received).member("wire_bytes", survey.totals.wire_bytes);
    json.member("flows", survey.totals.flows_ended).member("rounds", options_.rounds);
    json.key("steps").begin_array();
    for (const StepRate& rate : findings_.rates) {
        json.begin_object().member("name", rate.step->name);
        json.member("packets_per_second", findings_.packets() / rate.seconds);
        json.member("ns_per_packet", rate.seconds * 1e9 / findings_.packets());
        json.member("ratio", findings_.baseline().seconds / rate.seconds).end_object();
    }
    json.end_array().key("memory").begin_object();
    json.member("most_live_flows", survey.most_live);
    json.member("bytes_at_most_live_flows", static_cast<std::uint64_t>(survey.memory_at_most_live));
    json.member("most_bytes", static_cast<std::uint64_t>(survey.most_memory));
    json.member("mean_bytes_per_live_flow", survey.mean_bytes_per_live_flow()).end_object();
    if (findings_.verdict_nanoseconds)
        json.key("verdict")
            .begin_object()
            .member("model", model_->hash)
            .member("ns_per_flow", *findings_.verdict_nanoseconds)
            .end_object();
    json.end_object();
    return text + '\n';
}

}  // namespace

Runner configure_bench(CLI::App& app) {
    auto options = std::make_shared<BenchOptions>();
    CLI::App* detect =
        app.add_subcommand("detect", "How soon the attacks of a recording are noticed, replayed at its speed");
    const Runner run_detect = configure_bench_detect(*detect);
    app.add_option("CAPTURE", options->capture, "pcap or pcapng of the traffic in question; best uncompressed");
    app.add_option("MODEL", options->model, "Model file, to learn what a verdict costs");
    app.add_option("--rounds", options->rounds, "Times that each step is measured; the median counts")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    app.add_flag("--json", options->json, "As JSON, for programs");
    return [=]() -> base::Result<int> {
        if (detect->parsed()) return run_detect();
        if (options->capture.empty()) return base::Error{"name a capture to measure", base::ErrorKind::kUsage};
        return Bench(*options).run();
    };
}

}  // namespace flowsift::app
