// How many flows a second the store takes, each on disk when the clock stops: store_bench FOLDER [FLOWS], with the
// feature values of every flow (the `cic` schema) and without.
//
// The goal is 20,000 a second. The other side is the same bytes in a plain file, synced at the end.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "store/writer.h"

namespace {

using namespace flowsift;

double seconds_of(const auto& work) {
    const auto begun = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

flow::FlowIdentity flow_of(std::uint64_t i) {
    flow::FlowIdentity flow;
    flow.source = *base::parse_ip_address("10.0.0.1");
    flow.destination = *base::parse_ip_address("2001:db8::2");
    flow.source_port = static_cast<std::uint16_t>(i);
    flow.destination_port = 443;
    flow.protocol = 6;
    flow.first = 1'700'000'000 * base::kSecond + static_cast<base::Nanoseconds>(i) * base::kMicrosecond;
    flow.last = flow.first + base::kSecond;
    flow.forward_packets = flow.backward_packets = i % 100;
    flow.forward_wire_bytes = flow.backward_wire_bytes = i % 100'000;
    return flow;
}

/// Prints a line; false: something was not written.
bool measure(const std::string& path, std::uint64_t flows, const features::Schema* kept_rows) {
    const std::string plain = path + ".plain";
    const std::vector<std::string> classes = {"BENIGN", "Bot"};
    auto writer = store::Writer::open(path, classes, {}, {.flows = kept_rows});
    if (!writer) return fmt::print(stderr, "{}\n", writer.error().message), false;
    const detect::Verdict verdict{0, 0.5f, {}};
    std::vector<double> values(kept_rows ? kept_rows->size() : 0, 1.5);
    bool is_written = false;
    const double store = seconds_of([&] {
        for (std::uint64_t i = 0; i < flows; ++i) {
            if (!values.empty()) values[i % values.size()] = static_cast<double>(i);
            (*writer)->add_flow(flow_of(i), nullptr, &verdict, values);
        }
        is_written = (*writer)->finish().ok();
    });
    writer->reset();
    const double file = seconds_of([&] {
        const int descriptor = ::open(plain.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        const std::string bytes(std::filesystem::file_size(path), 'x');
        is_written = is_written && ::write(descriptor, bytes.data(), bytes.size()) > 0 && ::fsync(descriptor) == 0;
        ::close(descriptor);
    });
    fmt::print(
        "{} flows {} values, {} bytes each: {:.0f} a second; the same bytes in a plain file: {:.1f} times as fast{}\n",
        flows, kept_rows ? "with" : "without", std::filesystem::file_size(path) / flows,
        static_cast<double>(flows) / store, store / file, is_written ? "" : "; NOT ALL WRITTEN");
    for (const char* end : {"", ".plain", ".lock"}) std::filesystem::remove(path + end);
    return is_written;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return fmt::print(stderr, "usage: store_bench FOLDER [FLOWS]\n"), 2;
    const std::string path = std::string(argv[1]) + "/bench.db";
    const std::uint64_t flows = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
    const bool is_written = measure(path, flows, nullptr);
    return measure(path, flows, &features::cic_schema()) && is_written ? 0 : 1;
}
