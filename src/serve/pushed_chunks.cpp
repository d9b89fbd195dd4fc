#include "serve/pushed_chunks.h"

#include <utility>

#include "base/blocked_signals.h"

namespace flowsift::serve {

std::atomic<int> PushedChunks::running_{0};

std::unique_ptr<PushedChunks> PushedChunks::start(Make make) {
    if (running_.fetch_add(1) >= kMostAtOnce) {
        --running_;
        return nullptr;
    }
    return std::unique_ptr<PushedChunks>(new PushedChunks(std::move(make)));
}

PushedChunks::PushedChunks(Make make) {
    const base::BlockedSignals blocked;
    thread_ = std::thread([this, make = std::move(make)] {
        make([this](std::string_view bytes) { return push(bytes); });
        const std::lock_guard lock(mutex_);
        is_made_ = true;
        changed_.notify_all();
    });
}

PushedChunks::~PushedChunks() {
    {
        const std::lock_guard lock(mutex_);
        is_unwanted_ = true;
    }
    changed_.notify_all();
    thread_.join();
    --running_;
}

bool PushedChunks::push(std::string_view bytes) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_unwanted_ || waiting_.size() < kMostWaiting; });
    if (is_unwanted_) return false;
    waiting_ += bytes;
    changed_.notify_all();
    return true;
}

bool PushedChunks::next(std::string& out) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_made_ || !waiting_.empty(); });
    out += std::exchange(waiting_, {});
    changed_.notify_all();
    return !is_made_;
}

}  // namespace flowsift::serve
