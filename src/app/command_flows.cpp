#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/decode_options.h"
#include "app/extraction.h"
#include "base/terminal.h"
#include "output/flow_csv.h"

namespace flowsift::app {
namespace {

struct FlowsOptions {
    std::vector<std::string> captures;
    std::string output = "-";
    std::string profile = "default";
    decode::Options decoding;
    std::string filter;
    std::uint64_t memory = ExtractionOptions{}.memory_cap_bytes;
    std::size_t workers = default_workers();
    bool attributes = false;
    bool joined = false;
    bool quiet = false;
};

class CsvListener : public CaptureListener {
  public:
    CsvListener(output::FlowCsv& csv, std::string_view profile) : csv_(csv), profile_(profile) {}

    void on_capture(const std::string& name) override { csv_.describe({.capture = name, .profile = profile_}); }
    void on_flow_ended(const features::FlowRow& row) override { csv_.on_flow(row, nullptr); }

  private:
    output::FlowCsv& csv_;
    std::string profile_;
};

base::Result<int> run_flows(const FlowsOptions& options) {
    const auto profile = profile_named(options.profile);
    if (!profile) return profile.error();
    const ExtractionOptions extraction_options{.profile = *profile,
                                               .decoding = options.decoding,
                                               .filter = options.filter,
                                               .memory_cap_bytes = options.memory,
                                               .workers = options.workers,
                                               .with_attributes = options.attributes,
                                               .joined = options.joined};
    auto csv = output::FlowCsv::open(options.output, extraction_options.schema, {.profile = options.profile},
                                     options.attributes);
    if (!csv) return csv.error();
    CsvListener listener(**csv, options.profile);
    const auto extraction = extract_flows(options.captures, extraction_options, listener);
    const auto written = (*csv)->finish();
    if (!extraction) return extraction.error();
    if (!options.quiet)
        fmt::print(stderr, "{}", render_run_summary(extraction->account.summary(), base::Style::of(STDERR_FILENO)));
    if (!written) return written.error();
    return extraction->was_damaged ? 1 : 0;
}

}  // namespace

Runner configure_flows(CLI::App& app) {
    auto options = std::make_shared<FlowsOptions>();
    app.add_option("CAPTURE", options->captures, "pcap or pcapng, plain or .gz or .zst; - for standard input")
        ->required();
    app.add_option("-o,--output", options->output, "CSV to write; - for standard output")->capture_default_str();
    app.add_option("--profile", options->profile, "Timeouts that cut packets into flows: default, cicflowmeter")
        ->capture_default_str();
    app.add_option("--filter", options->filter, "BPF expression: only packets that match, e.g. 'tcp port 80'");
    add_decode_options(app, options->decoding);
    app.add_option("--memory", options->memory,
                   "Most memory for live flows, e.g. 256M; at it half-open and idle ones go")
        ->transform(CLI::AsSizeValue(false))
        ->check(CLI::Range(std::uint64_t{flow::kLeastMemoryCap}, std::uint64_t{flow::kMostMemoryCap}))
        ->default_str("1G");
    app.add_option("--workers", options->workers,
                   "Threads that assemble flows, besides one that reads and one that writes; 0: one thread for all")
        ->check(CLI::Range(std::size_t{0}, kMostWorkers))
        ->capture_default_str();
    app.add_flag("--attributes", options->attributes,
                 "Columns of what flows tell in clear: protocol, TLS server name, ALPN, JA3, JA4, DNS and HTTP names");
    app.add_flag("--join", options->joined, "The captures are pieces of one: flows go on from file to file");
    app.add_flag("-q,--quiet", options->quiet, "No summary on standard error");
    return [options] { return run_flows(*options); };
}

}  // namespace flowsift::app
