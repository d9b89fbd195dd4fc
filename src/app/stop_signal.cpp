#include "app/stop_signal.h"

#include <csignal>

namespace flowsift::app {
namespace {

std::atomic<bool> g_requested{false};
std::atomic<capture::PacketSource*> g_source{nullptr};
std::atomic<unsigned> g_hangups{0};
static_assert(std::atomic<unsigned>::is_always_lock_free);
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<capture::PacketSource*>::is_always_lock_free,
              "a signal handler may only touch lock-free atomics");

void on_signal(int) {
    g_requested = true;
    if (capture::PacketSource* source = g_source) source->stop();
}

}  // namespace

void install_stop_signals() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND);  // A second signal finds the default action: the end.
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);  // A reader that goes away is a write error like any other.
}

std::atomic<bool>& stop_requested() {
    return g_requested;
}

void install_hangup_signal() {
    struct sigaction action {};
    action.sa_handler = [](int) { ++g_hangups; };
    action.sa_flags = SA_RESTART;
    sigaction(SIGHUP, &action, nullptr);
}

unsigned hangups() {
    return g_hangups;
}

StopsSource::StopsSource(capture::PacketSource& source) {
    g_source = &source;
    if (g_requested) source.stop();
}

StopsSource::~StopsSource() {
    g_source = nullptr;
}

}  // namespace flowsift::app
