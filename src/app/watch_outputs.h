// OutputOptions: where the results of a run of `watch` go, and how they are declared on its command line.
#pragma once

#include <cstdint>
#include <string>

#include "app/sinks.h"

namespace CLI {
class App;
}

namespace flowsift::app {

struct OutputOptions {
    std::string eve;
    std::string flows;
    bool has_flow_events = false;
    std::uint64_t eve_bytes = 0;  ///< The EVE file is put aside at this size …
    std::string eve_age;          ///< … or age, "1h"; empty: never.
    int eve_kept = 10;
    std::string store;
    std::string store_age = "7d";
    std::uint64_t store_bytes = 10'000'000'000;
    bool drops_features = false;  ///< Of flows: the store keeps no feature values.
    std::string metrics;          ///< Address to listen on.
    std::string syslog;           ///< Address of a server.
    std::string syslog_ca;
    std::string webhook;  ///< URL; its path may be a secret.
    std::string webhook_ca;
    std::string webhook_headers;  ///< File.
    bool quiet = false;           ///< Nothing on the terminal.
};

void add_output_options(CLI::App& app, OutputOptions& options);

/// The store that `options` name, before all other outputs, whose alerts wait for it. Does nothing where none is named.
/// `first_alert`: set to the number that follows the last one kept. Error: what the store says.
base::Result<void> open_store(const OutputOptions& options, const output::SinkContext& context, Sinks& sinks,
                              std::uint64_t& first_alert);

/// Opens what `options` name. `context`: of the run; path, rotation and the like are set here. Error: what an output
/// says that cannot be opened, or a duration that is none.
base::Result<void> open_outputs(const OutputOptions& options, const output::SinkContext& context, Sinks& sinks);

}  // namespace flowsift::app
