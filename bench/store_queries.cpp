// How long the store's answers take: store_queries FOLDER [FLOWS [ALERTS]] makes a store of a week with so many
// (5,000,000 and 100,000), the same every time, asks each question eleven times and prints the medians. The goal is
// 200 ms for the overview, alerts, and flows of an indexed window.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>

#include "base/random.h"
#include "store/alert_detail.h"
#include "store/flow_query.h"
#include "store/open_store.h"
#include "store/overview.h"
#include "store/writer.h"

namespace {

using namespace flowsift;

constexpr base::Nanoseconds kStart = 1'700'000'000 / 3'600 * 3'600 * base::kSecond;
constexpr base::Nanoseconds kHour = 3'600 * base::kSecond, kWeek = 168 * kHour;
constexpr int kRuns = 11;

const std::vector<std::string> kClasses = {"BENIGN", "PortScan", "DoS Hulk", "Bot", "SSH-Patator", "DDoS"};

base::IpAddress address(std::uint32_t number, std::uint8_t first) {
    const std::uint8_t bytes[] = {first, static_cast<std::uint8_t>(number >> 16),
                                  static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
    return base::IpAddress::from_v4(std::span<const std::uint8_t, 4>(bytes));
}

/// Few numbers often, many seldom.
std::uint32_t skewed(base::Random& random, double most) {
    return static_cast<std::uint32_t>(std::exp(random.uniform() * std::log(most)));
}

flow::FlowIdentity flow_at(base::Random& random, base::Nanoseconds first) {
    constexpr std::uint16_t kPorts[] = {443, 80, 53, 22, 8080, 123, 25, 3389};
    flow::FlowIdentity flow;
    flow.source = address(skewed(random, 2'000), 10);
    flow.destination = address(skewed(random, 200'000), 93);
    flow.source_port = static_cast<std::uint16_t>(1'024 + random.below(60'000));
    flow.destination_port = kPorts[std::min<std::uint32_t>(skewed(random, 9) - 1, 7)];
    flow.protocol = flow.destination_port == 53 || flow.destination_port == 123 ? 17 : 6;
    flow.first = first;
    flow.last = first + static_cast<base::Nanoseconds>(random.uniform() * 30e9);
    flow.forward_packets = 1 + skewed(random, 1'000);
    flow.backward_packets = skewed(random, 1'000);
    flow.forward_wire_bytes = 60 * flow.forward_packets;
    flow.backward_wire_bytes = 900 * flow.backward_packets;
    flow.end_reason = static_cast<flow::EndReason>(random.below(4));
    return flow;
}

void add_alert(store::Writer& writer, std::uint64_t number, std::size_t label, const flow::FlowIdentity& flow) {
    const detect::Reason reasons[] = {{.name = "Flow Duration", .value = 3, .contribution = 0.2F},
                                      {.name = "SYN Flag Count", .value = 1, .contribution = 0.1F}};
    writer.add_alert({.number = number,
                      .flow = flow,
                      .verdict = {static_cast<std::uint16_t>(label), 0.9F, {}},
                      .label = kClasses[label],
                      .severity = static_cast<detect::Severity>(1 + number % 3),
                      .technique = "T1046",
                      .model_hash = "5f1d",
                      .capture = "eth0",
                      .reasons = reasons});
    writer.add_episode({.number = number,
                        .first_seen = flow.first,
                        .last_seen = flow.last,
                        .flows = number % 997,
                        .packets = number % 9'973,
                        .bytes = number % 99'991,
                        .sources = 1,
                        .targets = 1,
                        .probability = 0.9F,
                        .is_open = false});
}

bool fill(const std::string& path, std::uint64_t flows, std::uint64_t alerts) {
    auto opened = store::Writer::open(path, kClasses, {.most_bytes = UINT64_MAX});
    if (!opened) return fmt::print(stderr, "{}\n", opened.error().message), false;
    store::Writer& writer = **opened;
    base::Random random(1);
    std::uint64_t told = 0;
    for (std::uint64_t i = 0; i < flows; ++i) {
        const auto first = kStart + static_cast<base::Nanoseconds>(static_cast<double>(i) / static_cast<double>(flows) *
                                                                   static_cast<double>(kWeek));
        const flow::FlowIdentity flow = flow_at(random, first);
        detect::Verdict verdict{.probability = static_cast<float>(random.uniform())};
        if (random.below(20) == 0) verdict.class_index = static_cast<std::uint16_t>(1 + random.below(5));
        const bool is_told = told * flows < i * alerts;
        if (is_told) verdict.class_index = static_cast<std::uint16_t>(1 + told % 5);
        if (is_told || (told > 0 && verdict.class_index != 0)) verdict.alert = told + (is_told ? 1 : 0);
        writer.add_flow(flow, nullptr, &verdict);
        if (is_told) add_alert(writer, ++told, verdict.class_index, flow);
        writer.tend();
    }
    return writer.finish().ok();
}

double milliseconds_of(const std::function<void()>& work) {
    const auto begun = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
}

class Questions {
  public:
    explicit Questions(store::Database& store) : store_(store) {}

    void ask(std::string_view what, const std::function<bool()>& work) {
        bool is_ok = true;
        std::vector<double> times;
        const std::clock_t begun = std::clock();
        for (int run = 0; run < kRuns; ++run) times.push_back(milliseconds_of([&] { is_ok = work() && is_ok; }));
        const double processor = 1e3 * static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC / kRuns;
        std::ranges::sort(times);
        fmt::print("{:<60} {:>8.1f} ms, of the processor {:.1f} (slowest {:.1f}){}\n", what, times[kRuns / 2],
                   processor, times.back(), is_ok ? "" : "  FAILED");
    }

    void ask_overview(std::string_view what, base::Nanoseconds length, const char* text = "") {
        ask(fmt::format("overview, {}", what), [&] {
            const auto flows = store::parse_filter(text, store::Records::kFlows);
            const auto alerts = store::parse_filter(text, store::Records::kAlerts);
            const auto found = store::overview(store_, {last(length), &*flows, &*alerts});
            return found.ok() && found->totals.flows > 0;
        });
    }

    void ask_alerts(std::string_view what, const char* sort, const char* text = "") {
        ask(fmt::format("alerts, {}", what), [&] {
            const auto filter = store::parse_filter(text, store::Records::kAlerts);
            const auto order = store::parse_order(sort, store::alert_sort_keys());
            const auto page =
                store::query_alerts(store_, {.state = store::AlertState::kOpen, .filter = &*filter, .order = *order});
            return page.ok() && !page->alerts.empty();
        });
    }

    void ask_flows(std::string_view what, base::Nanoseconds length, const char* sort, const char* text = "") {
        ask(fmt::format("flows, {}", what), [&] {
            const auto filter = store::parse_filter(text, store::Records::kFlows);
            const auto order = store::parse_order(sort, store::flow_sort_keys());
            const auto found =
                store::query_flows(store_, {.window = last(length), .filter = &*filter, .order = *order}, {});
            return found.ok() && found->matched > 0;
        });
    }

    static store::TimeWindow last(base::Nanoseconds length) { return {kStart + kWeek - length, kStart + kWeek}; }

  private:
    store::Database& store_;
};

void ask_all(store::Database& store, std::uint64_t alerts) {
    Questions questions(store);
    questions.ask_overview("the last hour", kHour);
    questions.ask_overview("the last day", 24 * kHour);
    questions.ask_overview("the week", kWeek);
    questions.ask_overview("the last hour, class:PortScan dst.port:22", kHour, "class:PortScan dst.port:22");
    questions.ask("series, the week by the hour", [&] {
        const auto found = store::series(store, Questions::last(kWeek), 3'600);
        return found.ok() && !found->flows.empty();
    });
    questions.ask_alerts("newest", "-time");
    questions.ask_alerts("by severity", "severity");
    questions.ask_alerts("by flows", "-flows");
    questions.ask_alerts("newest, class:Bot not src:10.0.0.0/24", "-time", "class:Bot not src:10.0.0.0/24");
    questions.ask("alerts, grouped by source", [&] {
        const auto found = store::group_alerts(store, {}, store::AlertGrouping::kSource);
        return found.ok() && !found->empty();
    });
    questions.ask("one alert with all that is known", [&] {
        const auto found = store::alert_detail(store, alerts / 2);
        return found.ok() && found->has_value();
    });
    questions.ask("flows of one alert", [&] { return store::alert_flows(store, alerts / 2, 0, 100).ok(); });
    questions.ask_flows("the last hour, newest", kHour, "-first");
    questions.ask_flows("the last hour, by bytes", kHour, "-bytes");
    constexpr const char* kFilter = "class:PortScan dst.port:22 bytes>1e3 not src:10.0.0.0/24";
    questions.ask_flows("the last hour, four conditions", kHour, "-first", kFilter);
    questions.ask_flows("the last day, four conditions, first page", 24 * kHour, "-first", kFilter);
    questions.ask_flows("the last day, by bytes", 24 * kHour, "-bytes");
    questions.ask_flows("the week, newest", kWeek, "-first");
    questions.ask_flows("the week, four conditions, first page", kWeek, "-first", kFilter);
    questions.ask_flows("the week, all of it read: by bytes, four conditions", kWeek, "-bytes", kFilter);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return fmt::print(stderr, "usage: store_queries FOLDER [FLOWS [ALERTS]]\n"), 2;
    const std::string path = std::string(argv[1]) + "/queries.db";
    const std::uint64_t flows = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 5'000'000;
    const std::uint64_t alerts = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 100'000;
    bool is_filled = true;
    if (!std::filesystem::exists(path)) {
        const double took = milliseconds_of([&] { is_filled = fill(path, flows, alerts); });
        fmt::print("{} flows and {} alerts written in {:.0f} s\n", flows, alerts, took / 1'000);
    }
    auto store = store::open_store(path);
    if (!is_filled || !store) return fmt::print(stderr, "no store at {}\n", path), 1;
    fmt::print("{} MB\n", std::filesystem::file_size(path) / 1'000'000);
    ask_all(*store, alerts);
    return 0;
}
