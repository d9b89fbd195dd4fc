// What is known of an attack class besides its numbers: how urgent it is, how MITRE ATT&CK and Suricata name its kind,
// and the id under which other tools know its alerts. One table in class_info.cpp; a class that no row matches is of
// medium severity.
#pragma once

#include <cstdint>
#include <string_view>

#include "detect/alert.h"

namespace flowsift::detect {

struct ClassInfo {
    Severity severity = Severity::kMedium;
    std::string_view technique;      ///< Of MITRE ATT&CK, e.g. "T1046"; empty: none fits.
    std::string_view category;       ///< Suricata's description of the class type, e.g. "Attempted Denial of Service".
    std::uint32_t signature_id = 0;  ///< See signature_id().
};

/// By the first row of the table whose pattern occurs in `label`, ignoring case, blanks, '-' and '_'.
ClassInfo class_info(std::string_view label);

/// 9,000,000 + (the first four bytes of SHA-256(label), big-endian, modulo 1,000,000): the same in every run, model and
/// version, and clear of the ranges that public rule sets use.
std::uint32_t signature_id(std::string_view label);

/// "high", "medium", "low".
std::string_view to_string(Severity severity);

}  // namespace flowsift::detect
