#include "detect/class_info.h"

#include <array>
#include <string>

#include "base/hash.h"

namespace flowsift::detect {
namespace {

struct ClassRow {
    std::string_view pattern;  ///< Lower case, without blanks, '-' and '_'.
    Severity severity;
    std::string_view technique;  // attack.mitre.org, version 14.
    std::string_view category;
};

// The first match counts: a port scan from inside is Infiltration, and slow denial of service is still one.
constexpr ClassRow kClasses[] = {
    {"heartbleed", Severity::kHigh, "T1190", "Attempted Information Leak"},
    {"infiltration", Severity::kHigh, "T1204", "A Network Trojan was detected"},
    {"bot", Severity::kHigh, "T1071", "Malware Command and Control Activity Detected"},
    {"tunnel", Severity::kHigh, "T1572", "Potential Corporate Privacy Violation"},
    {"exfiltration", Severity::kHigh, "T1048", "Potential Corporate Privacy Violation"},
    {"sqlinjection", Severity::kHigh, "T1190", "Web Application Attack"},
    {"xss", Severity::kHigh, "T1190", "Web Application Attack"},
    {"webattack", Severity::kHigh, "T1190", "Web Application Attack"},
    {"amplification", Severity::kHigh, "T1498.002", "Attempted Denial of Service"},
    {"httpflood", Severity::kHigh, "T1499.002", "Attempted Denial of Service"},
    {"flood", Severity::kHigh, "T1498.001", "Attempted Denial of Service"},
    {"dos", Severity::kHigh, "T1499", "Attempted Denial of Service"},
    {"slow", Severity::kMedium, "T1499", "Attempted Denial of Service"},
    {"bruteforce", Severity::kMedium, "T1110", "Attempted User Privilege Gain"},
    {"guess", Severity::kMedium, "T1110.001", "Attempted User Privilege Gain"},
    {"patator", Severity::kMedium, "T1110", "Attempted User Privilege Gain"},
    {"scan", Severity::kLow, "T1046", "Detection of a Network Scan"},
};

std::string folded(std::string_view label) {
    std::string text;
    for (const char c : label) {
        if (c == ' ' || c == '-' || c == '_') continue;
        text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return text;
}

}  // namespace

ClassInfo class_info(std::string_view label) {
    ClassInfo info{Severity::kMedium, {}, "Misc Attack", signature_id(label)};
    const std::string name = folded(label);
    for (const ClassRow& row : kClasses) {
        if (name.find(row.pattern) == std::string::npos) continue;
        info.severity = row.severity;
        info.technique = row.technique;
        info.category = row.category;
        break;
    }
    return info;
}

std::uint32_t signature_id(std::string_view label) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(label.data());
    const std::array<std::uint8_t, 32> digest = base::sha256({bytes, label.size()});
    base::ByteReader reader(digest);
    return 9'000'000 + reader.be32() % 1'000'000;
}

std::string_view to_string(Severity severity) {
    switch (severity) {
        case Severity::kHigh:
            return "high";
        case Severity::kMedium:
            return "medium";
        case Severity::kLow:
            return "low";
    }
    return "medium";
}

}  // namespace flowsift::detect
