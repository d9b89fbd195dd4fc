// Alerts of the store as text for a person at a terminal.
#pragma once

#include <string>

#include "base/terminal.h"
#include "store/alert_detail.h"

namespace flowsift::app {

/// One line for each, under a header.
std::string alert_lines(const std::vector<store::StoredAlert>& alerts, const base::Style& style);

/// All that is known of one.
std::string alert_text(const store::AlertDetail& detail, const base::Style& style);

}  // namespace flowsift::app
