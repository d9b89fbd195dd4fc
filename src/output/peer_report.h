// PeerReport: what the operator is told about the peer of a network output: that it cannot be reached, why, and that it
// can be again. Once for each change, however often it is tried. One owner, one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace flowsift::output {

/// Tells a sentence to whoever runs the program, from any thread.
using Teller = std::function<void(std::string_view)>;

class PeerReport {
  public:
    /// `who`: "syslog to tls://host:6514".
    PeerReport(std::string who, Teller tell);

    /// `consequence`: "trying again".
    void failed(std::string_view why, std::string_view consequence);
    void works();

    const std::string& who() const { return who_; }
    /// The latest failure; empty: there was none since it last worked.
    const std::string& failure() const { return failure_; }

  private:
    std::string who_;
    Teller tell_;
    std::string failure_;
};

}  // namespace flowsift::output
