// BlockedSignals: while it lives, threads that are made inherit that no signal is handled on them. So a signal always
// interrupts the thread that reads packets, which is the one that acts on it.
#pragma once

#include <csignal>

namespace flowsift::base {

class BlockedSignals {
  public:
    BlockedSignals() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    BlockedSignals(const BlockedSignals&) = delete;
    BlockedSignals& operator=(const BlockedSignals&) = delete;

  private:
    sigset_t before_{};
};

}  // namespace flowsift::base
