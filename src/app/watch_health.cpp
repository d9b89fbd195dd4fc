#include "app/watch_health.h"

#include <fmt/format.h>

#include <filesystem>

namespace flowsift::app {

std::string file_name(const std::string& path) {
    return std::filesystem::path(path).filename().string();
}

std::string model_name(const std::string& path) {
    return std::filesystem::path(path).stem().string();
}

serve::CaptureState describe_capture(const WatchOptions& options) {
    return {.kind = options.is_live() ? "interface" : "file",
            .source = options.is_live() ? options.live.interface : file_name(options.capture),
            .filter = options.live.filter,
            .model = model_name(options.model),
            .speed = options.speed};
}

serve::Health health_of(const Watch& watch, const WatchOptions& options) {
    const output::RunSummary summary = watch.latest_summary();
    serve::Health health;
    for (const output::NamedCount& count : summary.other_packets) health.packets.push_back({count.name, count.count});
    for (const output::NamedCount& count : summary.end_reasons) health.ends.push_back({count.name, count.count});
    health.memory_used = summary.totals.flow_memory;
    health.memory_cap = options.memory;
    health.configuration = {{"configuration", options.configuration},
                            {"model", options.model},
                            {"interface", options.live.interface},
                            {"file", options.capture},
                            {"filter", options.live.filter},
                            {"store", options.outputs.store},
                            {"eve", options.outputs.eve},
                            {"flows", options.outputs.flows},
                            {"record", options.record}};
    std::erase_if(health.configuration, [](const auto& entry) { return entry.second.empty(); });
    return health;
}

}  // namespace flowsift::app
