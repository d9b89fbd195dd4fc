// Headers of HTTP requests from a file, because they may hold a secret, which the command line would show to everybody.
#pragma once

#include <string>

#include "base/result.h"

namespace flowsift::output {

/// The lines "Name: value" of the file, as they go into a request, each with CRLF. Empty lines and those that begin
/// with
/// '#' are passed over. `path` empty: none. Error (kConfiguration), which names the line and not what it says: the file
/// cannot be read, is longer than 8 KB, or a line is no header or one that the request has itself.
base::Result<std::string> read_header_file(const std::string& path);

}  // namespace flowsift::output
