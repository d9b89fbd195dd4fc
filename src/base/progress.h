// Progress: how long work tells whoever watches how far it is, and learns that it should stop.
//
// Made by the application (a bar on a terminal, nothing elsewhere); rooms only call advance().
#pragma once

#include <cstdint>
#include <functional>

namespace flowsift::base {

struct Progress {
    /// `done` of `total` (0 = unknown) units. Returns false when the work should stop (Ctrl-C). May be called from any
    /// thread, often: it must be cheap.
    std::function<bool(std::uint64_t done, std::uint64_t total)> advance = [](std::uint64_t, std::uint64_t) {
        return true;
    };
};

}  // namespace flowsift::base
