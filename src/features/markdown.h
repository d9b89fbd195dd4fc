// The catalogue as a page for people: docs/features.md is this text, and a test holds the two together.
#pragma once

#include <string>

namespace flowsift::features {

/// Conventions, assembly profiles and the table of all features, in Markdown.
std::string features_markdown();

}  // namespace flowsift::features
