// JobHost: runs commands of this program that work on files (training), each in a process of its own, without rights
// and with limits, so that neither its hunger nor its faults reach the sensor.
//
// The sensor's filter of system calls lets it make no process, so the host is forked off before that, as the capture
// broker is; it forks one process a job, and ends, with all of them, when the sensor does. The object is the sensor's
// end.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "app/job_message.h"
#include "base/companion.h"
#include "base/descriptor.h"
#include "base/privileges.h"
#include "base/result.h"

namespace flowsift::app {

struct JobEvent {
    enum class Kind : std::uint8_t {
        kLine,      ///< Of its standard output or error.
        kProgress,  ///< Of long work.
        kEnded,     ///< The last one.
        kKilled,    ///< The last one: it ended without saying so.
    };

    Kind kind = Kind::kLine;
    std::string text = {};    ///< kLine; kProgress: what is being done.
    std::uint64_t done = 0;   ///< kProgress.
    std::uint64_t total = 0;  ///< kProgress; 0: unknown.
    int code = 0;             ///< kEnded: its exit code.
};

/// A command that runs. One thread.
class Job {
  public:
    Job(std::uint32_t process, base::Descriptor output) : process_(process), output_(std::move(output)) {}

    std::uint32_t process() const { return process_; }

    /// Waits for the next thing that it says. A line is cut at 64 KB.
    JobEvent next();

  private:
    bool read_more();

    std::uint32_t process_;
    base::Descriptor output_;
    std::string buffer_;
};

/// Any thread. What runs ends with it.
class JobHost {
  public:
    /// To be called while the process has one thread. The host becomes `user`, if there is one. Error: it cannot be
    /// made, or cannot give up its rights.
    static base::Result<JobHost> start(const std::optional<base::User>& user);

    JobHost(JobHost&& other) noexcept : companion_(std::move(other.companion_)) {}

    /// Begins it, at a lower priority. Error: not a job (job_message.h), or no process can be made.
    base::Result<Job> run(const JobRequest& request);

    /// As Ctrl-C would. Of one that has ended: nothing happens.
    base::Result<void> cancel(std::uint32_t process);

  private:
    explicit JobHost(base::Companion companion) : companion_(std::move(companion)) {}
    base::Result<std::uint32_t> ask(base::Bytes request, int descriptor);

    std::mutex asking_;
    base::Companion companion_;
};

}  // namespace flowsift::app
