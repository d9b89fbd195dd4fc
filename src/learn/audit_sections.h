// The sections of the assessment's page that show the audit: what leaks between the sides of a split, what single
// features give away, which columns are suspicious, and the surrogate tree.
#pragma once

#include <string>

#include "learn/assessment.h"

namespace flowsift::learn {

void append_audit(std::string& html, const Assessment& assessment);

}  // namespace flowsift::learn
