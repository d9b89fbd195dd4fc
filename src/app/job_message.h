// What the server's process and the job host say to each other: one datagram each way, numbers in network byte order.
//
// A server that was taken over may send anything, so every length is checked before use, and only commands that work on
// files are run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace flowsift::app {

/// A command of this program, to be run in a process of its own.
struct JobRequest {
    std::vector<std::string> arguments;  ///< Of the command line: "train", "rows.csv", …
    std::uint64_t most_memory = 0;       ///< Bytes of its own that it may write to.
};

struct CancelRequest {
    std::uint32_t process = 0;
};

inline constexpr std::size_t kMostJobBytes = 64U << 10;
inline constexpr std::size_t kMostJobArguments = 256;
inline constexpr std::uint64_t kLeastJobMemory = 64U << 20;

/// Error (ErrorKind::kUsage): more arguments or bytes than a request holds, or a command that is no job.
base::Result<std::vector<std::uint8_t>> encode(const JobRequest& request);
std::vector<std::uint8_t> encode(const CancelRequest& request);

/// Error: not the bytes that encode() makes of any request.
base::Result<std::variant<JobRequest, CancelRequest>> parse_job_message(base::Bytes bytes);

/// The process that was begun, or why none was.
std::vector<std::uint8_t> encode_job_reply(const base::Result<std::uint32_t>& process);
base::Result<std::uint32_t> parse_job_reply(base::Bytes bytes);

}  // namespace flowsift::app
