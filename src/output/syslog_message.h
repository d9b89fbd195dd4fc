// SyslogText: alerts and the growth of their episodes as messages of RFC 5424, framed by octet counting (RFC 6587
// section 3.4.1, RFC 5425 section 4.3).
//
// What comes from the wire or a model is made printable before it is escaped, so a message is one line of UTF-8. One
// owner, one thread.
#pragma once

#include <string>
#include <string_view>

#include "detect/alert.h"
#include "detect/episode.h"

namespace flowsift::output {

class SyslogText {
  public:
    /// `host`: as gethostname() gives it; what is no HOSTNAME of RFC 5424 becomes "-". `process`: the process id.
    SyslogText(std::string_view host, long process);

    /// One message, without a frame.
    std::string alert(const detect::Alert& alert) const;
    /// Empty where the message of the alert has said it all, as in EVE.
    std::string episode(const detect::Episode& episode) const;

  private:
    std::string header(detect::Severity severity, base::Nanoseconds time) const;

    std::string origin_;  ///< HOSTNAME APP-NAME PROCID MSGID.
};

/// PARAM-VALUE of RFC 5424 section 6.3.3: printable, with '"', '\' and ']' escaped.
std::string syslog_value(std::string_view text);

/// "LENGTH MESSAGE".
std::string octet_counted(std::string_view message);

}  // namespace flowsift::output
