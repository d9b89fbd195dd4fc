// CaptureDesk: the one capture that a dashboard starts and stops: a Watch on a thread of its own.
//
// Any thread; start() and stop() one after the other.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "app/watch.h"
#include "base/result.h"
#include "serve/control.h"

namespace flowsift::app {

class CaptureDesk {
  public:
    /// Called whenever the state has changed, by the thread that changed it.
    using Changed = std::function<void(const serve::CaptureState&)>;

    explicit CaptureDesk(Changed changed) : changed_(std::move(changed)) {}
    ~CaptureDesk();
    CaptureDesk(const CaptureDesk&) = delete;
    CaptureDesk& operator=(const CaptureDesk&) = delete;

    /// The model that is to judge is opened, and the capture begins. `live`: of an interface. `repeats`: a file is
    /// begun anew at its end. Error: one runs already, or what opening model or policy says; what the capture says
    /// later is in state().
    base::Result<serve::CaptureState> start(WatchOptions options, std::optional<LiveCapture> live, Dashboard* dashboard,
                                            bool repeats);

    /// Waits until all that was received has been worked on. Does nothing where none runs.
    serve::CaptureState stop();

    serve::CaptureState state() const;
    serve::Health health() const;

    /// The running capture takes this model, if it is like the one in use (Watch says so), and reads the policy again.
    void judge_by(const std::string& model);

  private:
    void work(std::optional<LiveCapture> live, Dashboard* dashboard, model::Model model, detect::Policy policy,
              bool repeats);
    base::Result<int> run_once(std::optional<LiveCapture> live, Dashboard* dashboard, model::Model model,
                               detect::Policy policy);
    base::Result<void> open_again(model::Model& model, detect::Policy& policy) const;
    void end(const base::Result<int>& outcome);

    Changed changed_;
    std::mutex steering_;  ///< start() and stop().
    mutable std::mutex mutex_;
    WatchOptions options_;
    serve::CaptureState state_;
    Watch* watch_ = nullptr;  ///< While it runs.
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace flowsift::app
