#include "app/job_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace flowsift::app {
namespace {

constexpr std::uint8_t kRun = 'R';
constexpr std::uint8_t kCancel = 'C';
constexpr std::uint8_t kBegun = 'B';
constexpr std::uint8_t kRefused = 'E';

constexpr std::array<std::string_view, 5> kJobs = {"train", "adapt", "evaluate", "classify", "flows"};

void put(std::vector<std::uint8_t>& bytes, std::uint64_t number, unsigned size) {
    for (unsigned i = size; i-- > 0;) bytes.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
}

base::Result<void> check(const JobRequest& request) {
    const auto fail = [](std::string message) { return base::Error{std::move(message), base::ErrorKind::kUsage}; };
    if (request.arguments.empty() || std::ranges::find(kJobs, request.arguments.front()) == kJobs.end())
        return fail("a job is one of the commands that work on files");
    if (request.arguments.size() > kMostJobArguments)
        return fail(fmt::format("a job has at most {} arguments", kMostJobArguments));
    if (request.most_memory < kLeastJobMemory) return fail("a job needs more memory than that");
    const auto holds_zero = [](const std::string& text) { return text.find('\0') != std::string::npos; };
    if (std::ranges::any_of(request.arguments, holds_zero)) return fail("an argument holds a zero byte");
    return {};
}

base::Error malformed(const char* what) {
    return base::Error{fmt::format("malformed request to the job host: {}", what)};
}

base::Result<JobRequest> parse_run(base::ByteReader reader) {
    JobRequest request;
    request.most_memory = reader.be64();
    const std::size_t count = reader.be16();
    if (!reader.ok() || count > kMostJobArguments) return malformed("its number of arguments");
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t size = reader.be16();
        const base::Bytes text = reader.bytes(size);
        if (!reader.ok()) return malformed("too short");
        request.arguments.emplace_back(text.begin(), text.end());
    }
    if (reader.remaining() != 0) return malformed("too long");
    if (const auto checked = check(request); !checked) return checked.error();
    return request;
}

}  // namespace

base::Result<std::vector<std::uint8_t>> encode(const JobRequest& request) {
    if (const auto checked = check(request); !checked) return checked.error();
    std::vector<std::uint8_t> bytes = {kRun};
    put(bytes, request.most_memory, 8);
    put(bytes, request.arguments.size(), 2);
    for (const std::string& argument : request.arguments) {
        if (bytes.size() + 2 + argument.size() > kMostJobBytes)
            return base::Error{fmt::format("the arguments of a job have at most {} bytes", kMostJobBytes),
                               base::ErrorKind::kUsage};
        put(bytes, argument.size(), 2);
        bytes.insert(bytes.end(), argument.begin(), argument.end());
    }
    return bytes;
}

std::vector<std::uint8_t> encode(const CancelRequest& request) {
    std::vector<std::uint8_t> bytes = {kCancel};
    put(bytes, request.process, 4);
    return bytes;
}

base::Result<std::variant<JobRequest, CancelRequest>> parse_job_message(base::Bytes bytes) {
    using Message = std::variant<JobRequest, CancelRequest>;
    base::ByteReader reader(bytes);
    const std::uint8_t kind = reader.u8();
    if (reader.ok() && kind == kRun) {
        auto request = parse_run(reader);
        return request ? base::Result<Message>(std::move(*request)) : base::Result<Message>(request.error());
    }
    if (!reader.ok() || kind != kCancel || reader.remaining() != 4) return malformed("of no known kind");
    return Message(CancelRequest{reader.be32()});
}

std::vector<std::uint8_t> encode_job_reply(const base::Result<std::uint32_t>& process) {
    std::vector<std::uint8_t> bytes = {process ? kBegun : kRefused};
    if (process)
        put(bytes, *process, 4);
    else
        bytes.insert(bytes.end(), process.error().message.begin(), process.error().message.end());
    return bytes;
}

base::Result<std::uint32_t> parse_job_reply(base::Bytes bytes) {
    base::ByteReader reader(bytes);
    const std::uint8_t kind = reader.u8();
    if (!reader.ok()) return base::Error{"the job host has ended; start flowsift again"};
    if (kind == kBegun && reader.remaining() == 4) return reader.be32();
    const base::Bytes text = reader.rest();
    return base::Error{kind == kRefused ? std::string(text.begin(), text.end()) : "the job host answered nonsense"};
}

}  // namespace flowsift::app
