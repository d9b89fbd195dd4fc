// The command line's options for decoding, the same in every command that reads packets.
#pragma once

#include "app/command.h"
#include "decode/options.h"

namespace flowsift::app {

/// Adds --flow-layer and --checksums. `options` must live as long as `app` parses.
void add_decode_options(CLI::App& app, decode::Options& options);

}  // namespace flowsift::app
