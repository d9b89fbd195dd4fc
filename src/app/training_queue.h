// TrainingQueue: trainings that people asked for in the dashboard, one after the other, each a job of the JobHost.
//
// Any thread. Owns the thread that follows the job at hand. Remembers the latest kMostJobs.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/job_host.h"
#include "base/result.h"
#include "serve/control.h"

namespace flowsift::app {

class TrainingQueue {
  public:
    static constexpr std::size_t kMostJobs = 50;
    static constexpr std::size_t kMostWaiting = 10;

    /// `host` must outlive the queue. `changed`: called on the queue's thread whenever a job has changed, at most four
    /// times a second for progress; may be empty.
    TrainingQueue(JobHost& host, std::uint64_t most_memory, std::function<void(const serve::Job&)> changed);
    ~TrainingQueue() { finish(); }
    TrainingQueue(const TrainingQueue&) = delete;
    TrainingQueue& operator=(const TrainingQueue&) = delete;

    /// Ends what runs; nothing is told any more when it returns. By one thread.
    void finish();

    /// `arguments`: of `flowsift train`. `model`: name of what comes of it. Error: too many wait.
    base::Result<serve::Job> add(const std::string& model, std::vector<std::string> arguments);

    /// The newest first.
    std::vector<serve::Job> jobs() const;

    /// Of one that has ended: nothing happens. Error (ErrorKind::kUsage): there is none.
    base::Result<void> cancel(const std::string& id);

  private:
    struct Entry {
        serve::Job job;
        std::vector<std::string> arguments;
        std::uint32_t process = 0;  ///< 0: does not run.
        bool is_cancelled = false;
    };

    void work();
    Entry* next_waiting();
    void run(Entry& entry);
    void follow(Entry& entry, Job& process);
    void tell(Entry& entry, const JobEvent& event);
    void end(Entry& entry, const char* state);
    void change(const Entry& entry);

    JobHost& host_;
    std::uint64_t most_memory_;
    std::function<void(const serve::Job&)> changed_;
    mutable std::mutex mutex_;
    std::condition_variable wanted_;
    std::deque<Entry> entries_;  ///< Oldest first. Only ended ones are removed, so the one at hand stays where it is.
    std::uint64_t last_id_ = 0;
    bool is_ending_ = false;
    std::thread thread_;
};

}  // namespace flowsift::app
