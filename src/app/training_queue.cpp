#include "app/training_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace flowsift::app {
namespace {

base::Nanoseconds wall_clock() {
    using std::chrono::duration_cast;
    return duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

bool has_ended(const serve::Job& job) {
    return job.state != "waiting" && job.state != "running";
}

}  // namespace

TrainingQueue::TrainingQueue(JobHost& host, std::uint64_t most_memory, std::function<void(const serve::Job&)> changed)
    : host_(host), most_memory_(most_memory), changed_(std::move(changed)), thread_([this] { work(); }) {}

void TrainingQueue::finish() {
    {
        const std::lock_guard lock(mutex_);
        is_ending_ = true;
        for (Entry& entry : entries_)
            if (entry.process != 0) static_cast<void>(host_.cancel(entry.process).ok());
    }
    wanted_.notify_all();
    if (thread_.joinable()) thread_.join();
}

base::Result<serve::Job> TrainingQueue::add(const std::string& model, std::vector<std::string> arguments) {
    const std::lock_guard lock(mutex_);
    const auto waiting = std::ranges::count_if(entries_, [](const Entry& e) { return e.job.state == "waiting"; });
    if (static_cast<std::size_t>(waiting) >= kMostWaiting)
        return base::Error{fmt::format("{} trainings wait already; try again when some have ended", waiting),
                           base::ErrorKind::kConfiguration};
    while (entries_.size() >= kMostJobs && has_ended(entries_.front().job)) entries_.pop_front();
    Entry& entry = entries_.emplace_back();
    entry.job.id = fmt::format("{}", ++last_id_);
    entry.job.kind = "training";
    entry.job.name = model;
    entry.arguments = std::move(arguments);
    change(entry);
    wanted_.notify_all();
    return entry.job;
}

std::vector<serve::Job> TrainingQueue::jobs() const {
    const std::lock_guard lock(mutex_);
    std::vector<serve::Job> jobs;
    for (const Entry& entry : entries_) jobs.push_back(entry.job);
    std::ranges::reverse(jobs);
    return jobs;
}

base::Result<void> TrainingQueue::cancel(const std::string& id) {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find_if(entries_, [&](const Entry& entry) { return entry.job.id == id; });
    if (found == entries_.end()) return base::Error{"there is no such job", base::ErrorKind::kUsage};
    if (has_ended(found->job)) return {};
    found->is_cancelled = true;
    if (found->process != 0) return host_.cancel(found->process);
    if (found->job.state == "waiting") end(*found, "cancelled");
    return {};
}

TrainingQueue::Entry* TrainingQueue::next_waiting() {
    const auto found = std::ranges::find_if(entries_, [](const Entry& entry) { return entry.job.state == "waiting"; });
    return found == entries_.end() ? nullptr : &*found;
}

void TrainingQueue::work() {
    while (true) {
        Entry* entry = nullptr;
        {
            std::unique_lock lock(mutex_);
            wanted_.wait(lock, [&] { return is_ending_ || (entry = next_waiting()) != nullptr; });
            if (is_ending_) return;
            entry->job.state = "running";
            entry->job.started = wall_clock();
            change(*entry);
        }
        run(*entry);
    }
}

void TrainingQueue::run(Entry& entry) {
    auto process = host_.run({entry.arguments, most_memory_});
    if (process) {
        {
            const std::lock_guard lock(mutex_);
            entry.process = process->process();
            if (entry.is_cancelled || is_ending_) static_cast<void>(host_.cancel(entry.process).ok());
        }
        return follow(entry, *process);
    }
    const std::lock_guard lock(mutex_);
    entry.job.message = process.error().message;
    end(entry, "failed");
}

void TrainingQueue::follow(Entry& entry, Job& process) {
    while (true) {
        const JobEvent event = process.next();
        const std::lock_guard lock(mutex_);
        tell(entry, event);
        if (has_ended(entry.job)) return;
    }
}

void TrainingQueue::tell(Entry& entry, const JobEvent& event) {
    serve::Job& job = entry.job;
    switch (event.kind) {
        case JobEvent::Kind::kLine:
            if (!event.text.empty()) job.message = event.text;
            return;
        case JobEvent::Kind::kProgress:
            job.message = event.text;
            if (event.total > 0)
                job.progress = static_cast<double>(event.done) / static_cast<double>(event.total);
            else
                job.progress.reset();
            return change(entry);
        case JobEvent::Kind::kEnded:
            if (event.code == 0) job.model = job.name;
            return end(entry, event.code == 0 ? "done" : entry.is_cancelled ? "cancelled" : "failed");
        case JobEvent::Kind::kKilled:
            job.message = "it was ended from outside, perhaps for want of memory";
            return end(entry, entry.is_cancelled ? "cancelled" : "failed");
    }
}

void TrainingQueue::end(Entry& entry, const char* state) {
    entry.job.state = state;
    entry.job.ended = wall_clock();
    entry.job.progress.reset();
    entry.process = 0;
    change(entry);
}

void TrainingQueue::change(const Entry& entry) {
    if (changed_) changed_(entry.job);
}

}  // namespace flowsift::app
