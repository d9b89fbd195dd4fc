#include "app/extraction.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/stop_signal.h"
#include "base/progress_bar.h"
#include "capture/capture_file.h"
#include "features/flow_shard.h"

namespace flowsift::app {
namespace {

void read_capture(capture::PacketSource& source, Pipeline& pipeline, Extraction& extraction) {
    base::ProgressBar bar({.label = "reading " + source.name(), .unit = "bytes"}, stop_requested());
    pipeline.run(source, {.progress = bar.progress()});
    if (const base::Error* damage = source.damage()) {
        extraction.was_damaged = true;
        fmt::print(stderr, "flowsift: warning: {}\n", damage->message);
    }
}

}  // namespace

base::Result<Extraction> extract_flows(const std::vector<std::string>& captures, const ExtractionOptions& options,
                                       CaptureListener& listener) {
    Extraction extraction;
    std::unique_ptr<features::PacketMeter> meter;
    std::unique_ptr<Pipeline> pipeline;
    capture::SourceStatistics read;
    const auto finish_meter = [&] {
        if (!meter) return;
        meter->finish();
        extraction.account.add(*pipeline, read);
        read = {};
    };
    for (const std::string& path : captures) {
        auto source = capture::open_capture(path, options.filter);
        if (!source) return source.error();
        if (!options.joined) finish_meter();
        if (!meter || !options.joined) {
            const features::FlowMeter::Options meter_options{.profile = options.profile,
                                                             .hash_key = options.hash_key,
                                                             .memory_cap_bytes = options.memory_cap_bytes,
                                                             .with_attributes = options.with_attributes,
                                                             .checkpoints = options.checkpoints};
            meter = make_meter(meter_options, options.schema, options.workers, listener);
            decode::Options decoding = options.decoding;
            decoding.reassemble = features::FlowShard::is_payload_read({.with_attributes = options.with_attributes},
                                                                       options.schema);  // Names may come in fragments.
            pipeline = std::make_unique<Pipeline>(*meter, options.hash_key, decoding);
        }
        meter->drain();  // What has ended belongs to the capture before.
        listener.on_capture((*source)->name());
        read_capture(**source, *pipeline, extraction);
        read.filtered += (*source)->statistics().filtered;
        if (stop_requested()) break;
    }
    finish_meter();
    for (const std::string& warning : extraction.account.warnings())
        fmt::print(stderr, "flowsift: warning: {}\n", warning);
    extraction.was_stopped = stop_requested();
    return extraction;
}

base::Result<features::AssemblyProfile> profile_named(const std::string& name) {
    if (const features::AssemblyProfile* profile = features::find_profile(name)) return *profile;
    std::string known;
    for (const features::AssemblyProfile& profile : features::kProfiles)
        known += fmt::format("{}{} ({})", known.empty() ? "" : ", ", profile.name, profile.description);
    return base::Error{fmt::format("there is no assembly profile \"{}\"; choose one of: {}", name, known),
                       base::ErrorKind::kUsage};
}

constexpr const char* kRandomKey = "random";

void add_hash_key_option(CLI::App& app, base::HashKey& key) {
    const auto set_key = [&key](const std::string& hex) {
        if (hex == kRandomKey) return;
        const auto parsed = base::HashKey::parse(hex);
        if (!parsed) throw CLI::ValidationError("--hash-key", parsed.error().message);
        key = *parsed;
    };
    app.add_option_function<std::string>(
           "--hash-key", set_key,
           "Key of the flow table's hash, 32 hexadecimal digits: for runs to be repeated exactly, not for hostile "
           "traffic")
        ->default_str(kRandomKey);
}

}  // namespace flowsift::app
