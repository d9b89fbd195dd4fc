// WatchControl: what `watch` tells the dashboard of itself. Its capture was chosen on the command line, so that nothing
// can be steered. begin() and end() by the thread of the run; the rest by the server's workers.
#pragma once

#include <mutex>

#include "app/watch.h"
#include "app/watch_health.h"
#include "serve/control.h"
#include "serve/json_time.h"

namespace flowsift::app {

class WatchControl final : public serve::Control {
  public:
    /// `options` must outlive it.
    explicit WatchControl(const WatchOptions& options) : options_(options), state_(describe_capture(options)) {}

    void begin(Watch& watch) {
        const std::lock_guard lock(mutex_);
        watch_ = &watch;
        state_.state = "running";
        state_.started = serve::wall_clock();
    }

    void end() {
        const std::lock_guard lock(mutex_);
        watch_ = nullptr;
        state_.state = "stopped";
    }

    serve::CaptureState capture() override {
        const std::lock_guard lock(mutex_);
        serve::CaptureState now = state_;
        if (now.state == "running")
            now.duration = static_cast<double>(serve::wall_clock() - now.started) / base::kSecond;
        if (watch_ != nullptr) now.progress = watch_->progress();
        return now;
    }

    serve::Health health() override {
        const std::lock_guard lock(mutex_);
        return watch_ != nullptr ? health_of(*watch_, options_) : serve::Health();
    }

  private:
    const WatchOptions& options_;
    std::mutex mutex_;
    serve::CaptureState state_;
    Watch* watch_ = nullptr;
};

}  // namespace flowsift::app
