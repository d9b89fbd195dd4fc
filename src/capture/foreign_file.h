// What a file that is no capture looks like, so that the message can say more than "not a capture".
#pragma once

#include <string_view>

#include "base/bytes.h"

namespace flowsift::capture {

/// "a zip archive", "text", …, or "unknown data" for the first bytes of a file (some 16 to 64 are enough).
std::string_view describe_foreign_file(base::Bytes head);

}  // namespace flowsift::capture
