#include "app/job_host.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "app/confinement.h"
#include "app/program.h"
#include "base/companion.h"
#include "base/datagram.h"
#include "base/progress_bar.h"
#include "base/resource_limits.h"

namespace flowsift::app {
namespace {

constexpr int kSocketNumber = base::Companion::kSocketNumber;
constexpr std::size_t kMostLineBytes = 64U << 10;

/// `how`: SIG_BLOCK, SIG_UNBLOCK.
void mask_interrupt(int how) {
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(how, &interrupt, nullptr);
}

/// In the process of the job. Its output goes to `output`, which is closed by its end alone.
[[noreturn]] void work(const JobRequest& request, int output, pid_t host) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != host) _exit(1);  // It ended before that was set.
    prctl(PR_SET_NAME, "flowsift-job");
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_DFL);
    mask_interrupt(SIG_UNBLOCK);  // One that came meanwhile ends it now.
    if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0) _exit(1);
    close_range(kSocketNumber, ~0U, 0);
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    base::yield_to_others();
    base::report_progress(STDERR_FILENO);
    int code = 1;
    if (const auto limited = base::limit_memory(request.most_memory); !limited)
        fmt::print(stderr, "flowsift: {}\n", limited.error().message);
    else {
        std::vector<std::string> texts = request.arguments;
        texts.insert(texts.begin(), "flowsift");
        std::vector<char*> arguments;
        arguments.reserve(texts.size() + 1);
        for (std::string& text : texts) arguments.push_back(text.data());
        arguments.push_back(nullptr);
        code = run_program(static_cast<int>(texts.size()), arguments.data());
    }
    std::fflush(stdout);
    fmt::print(stderr, "{}{{\"ended\":{}}}\n", base::kReportMark, code);
    _exit(code);
}

/// The host's own process: what it has begun and not yet buried.
class Host {
  public:
    void answer(const base::Datagram& datagram) {
        bury();
        const auto message = parse_job_message(datagram.bytes);
        base::Result<std::uint32_t> reply = base::Error{"no output came with the request"};
        if (!message)
            reply = message.error();
        else if (const auto* cancel = std::get_if<CancelRequest>(&*message))
            reply = this->cancel(*cancel);
        else if (datagram.descriptor.is_open())
            reply = begin(std::get<JobRequest>(*message), datagram.descriptor.number());
        base::send_datagram(kSocketNumber, encode_job_reply(reply));
    }

    void end_all() {
        for (const pid_t process : processes_) kill(process, SIGKILL);
    }

  private:
    base::Result<std::uint32_t> begin(const JobRequest& request, int output) {
        const pid_t host = getpid();
        mask_interrupt(SIG_BLOCK);  // The host is deaf to it: a job that was so at first would miss being cancelled.
        const pid_t process = fork();
        if (process == 0) work(request, output, host);
        mask_interrupt(SIG_UNBLOCK);
        if (process < 0) return base::Error{fmt::format("cannot make a process: {}", std::strerror(errno))};
        processes_.insert(process);
        return static_cast<std::uint32_t>(process);
    }

    /// The number of a process that is not buried belongs to nobody else.
    base::Result<std::uint32_t> cancel(const CancelRequest& request) {
        if (processes_.contains(static_cast<pid_t>(request.process))) kill(static_cast<pid_t>(request.process), SIGINT);
        return request.process;
    }

    void bury() {
        for (pid_t ended = 0; (ended = waitpid(-1, nullptr, WNOHANG)) > 0;) processes_.erase(ended);
    }

    std::set<pid_t> processes_;
};

void serve(const std::optional<base::User>& user) {
    const base::Result<void> confined = confine_job_host(user);
    const auto ready = confined ? base::Result<std::uint32_t>(std::uint32_t{0}) : confined.error();
    if (!base::send_datagram(kSocketNumber, encode_job_reply(ready)) || !confined) return;
    Host host;
    while (const auto request = base::receive_datagram(kSocketNumber, kMostJobBytes, true)) host.answer(*request);
    host.end_all();
}

base::Result<std::uint32_t> receive_reply(int socket) {
    const auto reply = base::receive_datagram(socket, kMostJobBytes, false);
    return parse_job_reply(reply ? base::Bytes(reply->bytes) : base::Bytes());
}

std::uint64_t count_of(const nlohmann::json& report, const char* name) {
    const auto member = report.find(name);
    return member != report.end() && member->is_number_unsigned() ? member->get<std::uint64_t>() : 0;
}

/// A line of a report; any other one is a line of text.
JobEvent parse_line(std::string line) {
    if (line.empty() || line.front() != base::kReportMark) return {.text = std::move(line)};
    const auto report = nlohmann::json::parse(line.begin() + 1, line.end(), nullptr, false);
    if (!report.is_object()) return {.text = std::move(line)};
    if (const auto ended = report.find("ended"); ended != report.end() && ended->is_number_integer())
        return {.kind = JobEvent::Kind::kEnded, .code = ended->get<int>()};
    const auto label = report.find("label");
    return {.kind = JobEvent::Kind::kProgress,
            .text = label != report.end() && label->is_string() ? label->get<std::string>() : "",
            .done = count_of(report, "done"),
            .total = count_of(report, "total")};
}

}  // namespace

JobEvent Job::next() {
    std::size_t end = buffer_.find('\n');
    while (end == std::string::npos && buffer_.size() < kMostLineBytes && read_more()) end = buffer_.find('\n');
    if (buffer_.empty()) return {.kind = JobEvent::Kind::kKilled};
    std::string line = buffer_.substr(0, std::min(end, kMostLineBytes));
    buffer_.erase(0, end == std::string::npos ? line.size() : end + 1);
    return parse_line(std::move(line));
}

bool Job::read_more() {
    char bytes[4096];
    ssize_t size = -1;
    do size = read(output_.number(), bytes, sizeof bytes);
    while (size < 0 && errno == EINTR);
    if (size > 0) buffer_.append(bytes, static_cast<std::size_t>(size));
    return size > 0;
}

base::Result<JobHost> JobHost::start(const std::optional<base::User>& user) {
    auto companion = base::Companion::start("flowsift-jobs", [&] { serve(user); });
    if (!companion) return companion.error();
    JobHost host(std::move(*companion));
    if (const auto ready = receive_reply(host.companion_.socket()); !ready) return ready.error();
    return host;
}

base::Result<Job> JobHost::run(const JobRequest& request) {
    const auto bytes = encode(request);
    if (!bytes) return bytes.error();
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return base::Error{fmt::format("cannot make a pipe: {}", std::strerror(errno))};
    base::Descriptor ours(ends[0]);
    const base::Descriptor theirs(ends[1]);
    const auto process = ask(*bytes, theirs.number());
    if (!process) return process.error();
    return Job(*process, std::move(ours));
}

base::Result<void> JobHost::cancel(std::uint32_t process) {
    const auto done = ask(encode(CancelRequest{process}), -1);
    return done ? base::Result<void>() : base::Result<void>(done.error());
}

base::Result<std::uint32_t> JobHost::ask(base::Bytes request, int descriptor) {
    const std::lock_guard lock(asking_);
    if (!base::send_datagram(companion_.socket(), request, descriptor))
        return base::Error{"the job host has ended; start flowsift again"};
    return receive_reply(companion_.socket());
}

}  // namespace flowsift::app
