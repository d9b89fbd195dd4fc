// WatchControl: what `watch` tells the dashboard of itself. Its capture was chosen on the command line, so that nothing
// can be steered. begin() before the server starts; capture() by its workers.
#pragma once

#include <utility>

#include "serve/control.h"
#include "serve/json_time.h"

namespace flowsift::app {

class WatchControl final : public serve::Control {
  public:
    void begin(serve::CaptureState state) {
        state_ = std::move(state);
        state_.state = "running";
        state_.started = serve::wall_clock();
    }

    serve::CaptureState capture() override {
        serve::CaptureState now = state_;
        now.duration = static_cast<double>(serve::wall_clock() - state_.started) / base::kSecond;
        return now;
    }

  private:
    serve::CaptureState state_;
};

}  // namespace flowsift::app
