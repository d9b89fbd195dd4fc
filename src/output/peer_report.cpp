#include "output/peer_report.h"

#include <fmt/format.h>

#include <utility>

namespace flowsift::output {

PeerReport::PeerReport(std::string who, Teller tell) : who_(std::move(who)), tell_(std::move(tell)) {}

void PeerReport::failed(std::string_view why, std::string_view consequence) {
    if (why == failure_) return;
    failure_ = why;
    if (tell_) tell_(fmt::format("{}: {}; {}", who_, why, consequence));
}

void PeerReport::works() {
    if (failure_.empty()) return;
    failure_.clear();
    if (tell_) tell_(fmt::format("{}: works again", who_));
}

}  // namespace flowsift::output
