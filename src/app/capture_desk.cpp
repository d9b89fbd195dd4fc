#include "app/capture_desk.h"

#include <utility>

#include "app/configuration.h"
#include "app/stop_signal.h"
#include "app/watch_health.h"
#include "model/model_file.h"
#include "serve/json_time.h"

namespace flowsift::app {

CaptureDesk::~CaptureDesk() {
    stop();
}

base::Result<serve::CaptureState> CaptureDesk::start(WatchOptions options, std::optional<LiveCapture> live,
                                                     Dashboard* dashboard, bool repeats) {
    const std::lock_guard steering(steering_);
    if (state().state == "running")
        return base::Error{"a capture runs already; stop it first", base::ErrorKind::kConfiguration};
    if (thread_.joinable()) thread_.join();  // Of one that has ended by itself.
    auto model = model::open_model(options.model);
    if (!model) return model.error();
    if (const auto servable = model->check_servable(); !servable) return servable.error();
    auto policy = read_policy(options.configuration, *model, options.threshold);
    if (!policy) return policy.error();
    {
        const std::lock_guard lock(mutex_);
        options_ = std::move(options);
        state_ = describe_capture(options_);
        state_.state = "running";
        state_.started = serve::wall_clock();
        is_stopping_ = false;
    }
    changed_(state());
    thread_ = std::thread([this, dashboard, repeats, live = std::move(live), model = std::move(*model),
                           policy = std::move(*policy)]() mutable {
        work(std::move(live), dashboard, std::move(model), std::move(policy), repeats);
    });
    return state();
}

void CaptureDesk::work(std::optional<LiveCapture> live, Dashboard* dashboard, model::Model model, detect::Policy policy,
                       bool repeats) {
    while (true) {
        const base::Result<int> outcome =
            run_once(std::exchange(live, std::nullopt), dashboard, std::move(model), std::move(policy));
        bool is_over = !outcome || !repeats || stop_requested();
        {
            const std::lock_guard lock(mutex_);
            is_over = is_over || is_stopping_;
        }
        if (is_over) return end(outcome);
        if (const auto opened = open_again(model, policy); !opened) return end(opened.error());
    }
}

base::Result<int> CaptureDesk::run_once(std::optional<LiveCapture> live, Dashboard* dashboard, model::Model model,
                                        detect::Policy policy) {
    Watch watch(options_, std::move(live), std::move(model), std::move(policy), dashboard);
    {
        const std::lock_guard lock(mutex_);
        if (is_stopping_) return 0;
        watch_ = &watch;
    }
    base::Result<int> outcome = watch.run();
    const std::lock_guard lock(mutex_);
    watch_ = nullptr;
    return outcome;
}

base::Result<void> CaptureDesk::open_again(model::Model& model, detect::Policy& policy) const {
    auto opened = model::open_model(options_.model);
    if (!opened) return opened.error();
    auto read = read_policy(options_.configuration, *opened, options_.threshold);
    if (!read) return read.error();
    model = std::move(*opened);
    policy = std::move(*read);
    return {};
}

void CaptureDesk::end(const base::Result<int>& outcome) {
    serve::CaptureState now;
    {
        const std::lock_guard lock(mutex_);
        state_.duration = static_cast<double>(serve::wall_clock() - state_.started) / base::kSecond;
        state_.state = outcome ? "stopped" : "failed";
        state_.message = outcome ? "" : outcome.error().message;
        if (outcome && *outcome != 0) state_.message = "the capture is damaged: what could be read was used";
        now = state_;
    }
    changed_(now);
}

serve::CaptureState CaptureDesk::stop() {
    const std::lock_guard steering(steering_);
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
        if (watch_ != nullptr) watch_->stop();
    }
    if (thread_.joinable()) thread_.join();
    return state();
}

serve::CaptureState CaptureDesk::state() const {
    const std::lock_guard lock(mutex_);
    serve::CaptureState now = state_;
    if (now.state == "running") now.duration = static_cast<double>(serve::wall_clock() - now.started) / base::kSecond;
    if (watch_ != nullptr) now.progress = watch_->progress();
    return now;
}

serve::Health CaptureDesk::health() const {
    const std::lock_guard lock(mutex_);
    return watch_ != nullptr ? health_of(*watch_, options_) : serve::Health();
}

void CaptureDesk::judge_by(const std::string& model) {
    const std::lock_guard lock(mutex_);
    if (watch_ != nullptr) watch_->judge_by(model);
}

}  // namespace flowsift::app
