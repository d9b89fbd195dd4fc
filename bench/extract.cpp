// Packet rate of capture -> decode -> flows -> CSV, as a ratio to a bare pcap_loop() that only counts packets.
//
//     extract [--rounds 5] CAPTURE...   each capture to a file: all in one thread, then with one that writes besides
//     extract --live MANY FEW           bytes per live flow, and cost per packet with many against few of them
//
// All sides run in turn within this process, after one unmeasured round that fills the page cache.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "app/measurement.h"

namespace flowsift {
namespace {

[[noreturn]] void fail(const std::string& message) {
    fmt::print(stderr, "extract: {}\n", message);
    std::exit(1);
}

std::uint64_t count_with_libpcap(const std::string& path) {
    const auto packets = app::count_by_libpcap(path);
    if (!packets) fail(packets.error().message);
    return *packets;
}

/// What `flowsift flows CAPTURE -o OUTPUT` does. `before_end` sees the meter while the last flows still live.
void extract(const std::string& path, const std::string& output, std::size_t workers,
             const std::function<void(const features::PacketMeter&)>& before_end = {}) {
    const auto totals = app::write_rows(path, output, {.workers = workers, .before_end = before_end});
    if (!totals) fail(totals.error().message);
}

void compare(const std::string& path, int rounds) {
    const std::string file =
        fmt::format("{}/flowsift-bench-{}.csv", std::getenv("TMPDIR") ? std::getenv("TMPDIR") : "/tmp",
                    std::chrono::steady_clock::now().time_since_epoch().count());
    const std::uint64_t packets = count_with_libpcap(path);
    extract(path, file, 0);
    // A new file each time: cutting an old one to nothing is no part of what is measured.
    const auto seconds_to_file = [&](std::size_t workers) {
        std::remove(file.c_str());
        return app::seconds_of([&] { extract(path, file, workers); });
    };
    std::vector<double> bare, alone, discarded, parallel;
    for (int round = 0; round < rounds; ++round) {
        bare.push_back(app::seconds_of([&] { count_with_libpcap(path); }));
        alone.push_back(seconds_to_file(0));
        parallel.push_back(seconds_to_file(1));
        discarded.push_back(app::seconds_of([&] { extract(path, "/dev/null", 0); }));
    }
    std::remove(file.c_str());
    fmt::print("{}: {} packets\n", path, packets);
    const auto print = [&](std::string_view what, const std::vector<double>& times) {
        fmt::print("  {:<38}{:7.2f} M packets/s, ratio {:.3f}\n", what,
                   static_cast<double>(packets) / app::median(times) / 1e6, app::median(bare) / app::median(times));
    };
    print("pcap_loop", bare);
    print("one thread, to a file", alone);
    print("one thread, to /dev/null", discarded);
    print("two threads, to a file", parallel);
}

struct Live {
    double nanoseconds_per_packet = 0;  ///< Until the last packet; the rows of the flows still live not included.
    std::size_t bytes = 0;
    std::uint64_t flows = 0;
};

/// Repeats the capture until about as many packets were metered as `packets`, each time from an empty table.
Live measure_live(const std::string& path, std::uint64_t packets) {
    Live live;
    const std::uint64_t repetitions = std::max<std::uint64_t>(1, packets / count_with_libpcap(path));
    double seconds = 0;
    std::uint64_t metered = 0;
    for (std::uint64_t i = 0; i < repetitions; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        extract(path, "/dev/null", 0, [&](const features::PacketMeter& meter) {
            seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
            metered += meter.counters().packets;
            live.flows = meter.counters().flows_live;
            live.bytes = meter.memory_bytes();
        });
    }
    live.nanoseconds_per_packet = seconds * 1e9 / static_cast<double>(metered);
    return live;
}

void compare_live(const std::string& many, const std::string& few, int rounds) {
    std::vector<double> many_costs, few_costs;
    Live m = measure_live(many, 1), f;  // Once unmeasured: a virtual machine's host may have to find the memory first.
    for (int round = 0; round < rounds; ++round) {
        const std::uint64_t packets = count_with_libpcap(many);
        many_costs.push_back((m = measure_live(many, packets)).nanoseconds_per_packet);
        few_costs.push_back((f = measure_live(few, packets)).nanoseconds_per_packet);
    }
    for (const auto& [live, costs] : {std::pair(m, many_costs), std::pair(f, few_costs)})
        fmt::print("{:9} live flows: {:7.1f} bytes each, {:6.1f} ns per packet\n", live.flows,
                   static_cast<double>(live.bytes) / static_cast<double>(live.flows), app::median(costs));
    fmt::print("cost per packet, many over few: {:.2f}\n", app::median(many_costs) / app::median(few_costs));
}

}  // namespace
}  // namespace flowsift

int main(int argc, char** argv) {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    int rounds = 5;
    if (arguments.size() > 1 && arguments[0] == "--rounds") {
        rounds = std::max(1, std::atoi(arguments[1].c_str()));
        arguments.erase(arguments.begin(), arguments.begin() + 2);
    }
    if (arguments.empty() || (arguments[0] == "--live" && arguments.size() != 3)) {
        fmt::print(stderr, "usage: extract [--rounds N] CAPTURE... | extract [--rounds N] --live MANY FEW\n");
        return 2;
    }
    if (arguments[0] == "--live") {
        flowsift::compare_live(arguments[1], arguments[2], rounds);
        return 0;
    }
    for (const std::string& path : arguments) flowsift::compare(path, rounds);
    return 0;
}
