#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>
#include <optional>

#include "app/command.h"
#include "app/configuration.h"
#include "app/detection_bench.h"
#include "app/text.h"
#include "base/terminal.h"
#include "model/model_file.h"

namespace flowsift::app {
namespace {

struct Options {
    std::string model;
    std::string capture;
    std::string rules;
    std::string configuration;
    std::optional<float> threshold;
    double speed = 1;
};

std::string seconds_text(double seconds) {
    return std::isinf(seconds) ? "never" : fmt::format("{:.2f} s", seconds);
}

std::string text_of(const DetectionTimes& times, bool is_slow) {
    std::string text;
    for (const AttackTiming& attack : times.attacks)
        if (attack.is_slow == is_slow)
            text += fmt::format("  {:>9}  {}{}\n", seconds_text(attack.seconds), padded(attack.label, 18),
                                base::printable(attack.note));
    if (text.empty()) return "  none\n";
    return text + fmt::format("  median {}, 95th percentile {}, slowest {}\n",
                              seconds_text(times.quantile(0.5, is_slow)), seconds_text(times.quantile(0.95, is_slow)),
                              seconds_text(times.quantile(1, is_slow)));
}

std::string report(const DetectionTimes& times) {
    std::string text = "From the first packet of an attack to its first alarm\n" + text_of(times, false);
    text += fmt::format("\nSlow attacks (packet {} comes over {} s after the first), from packet {}\n", kNthPacket,
                        kSlowAfter / base::kSecond, kNthPacket);
    text += text_of(times, true);
    const double days = times.capture_seconds / 86'400;
    text += fmt::format(
        "\nAt the same thresholds, of honest traffic\n  {} of {} flows alarmed; {} of {} alerts, {:.0f} a day of such "
        "traffic ({:.0f} s were watched)\n",
        base::grouped(times.benign_flows_alarmed), base::grouped(times.benign_flows), times.false_alerts, times.alerts,
        static_cast<double>(times.false_alerts) / days, times.capture_seconds);
    return text;
}

base::Result<int> run_detect(const Options& options) {
    const auto model = model::open_model(options.model);
    if (!model) return model.error();
    if (const auto servable = model->check_servable(); !servable) return servable.error();
    const auto rules = dataset::LabelRules::open(options.rules);
    if (!rules) return rules.error();
    const auto policy = read_policy(options.configuration, *model, options.threshold);
    if (!policy) return policy.error();
    fmt::print(stderr, "replaying {} at {} times its speed; Ctrl-C stops and tells what was seen\n", options.capture,
               options.speed);
    const auto times = time_detection(options.capture, *rules, *model, *policy, options.speed);
    if (!times) return times.error();
    return print_to_stdout(report(*times));
}

}  // namespace

Runner configure_bench_detect(CLI::App& app) {
    auto options = std::make_shared<Options>();
    app.add_option("MODEL", options->model, "Model file, as `flowsift train` writes it")->required();
    app.add_option("CAPTURE", options->capture, "Recording of attacks among honest traffic")->required();
    app.add_option("--rules", options->rules, "Who attacked whom, and when: rules as `flowsift label` takes")
        ->required();
    app.add_option("--config", options->configuration, "Policy of alerts from this file (TOML)");
    app.add_option("--threshold", options->threshold, "Alarm from this probability on")
        ->check(CLI::Range(0.0, 1.0))
        ->default_str("0.5");
    app.add_option("--speed", options->speed, "Replay N times as fast as recorded")
        ->check(CLI::Range(0.01, 1'000.0))
        ->capture_default_str();
    return [options] { return run_detect(*options); };
}

}  // namespace flowsift::app
