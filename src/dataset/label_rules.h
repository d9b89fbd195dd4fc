// LabelRules: ground truth. Which label a flow bears, by capture, time, address, port and protocol, from a TOML file.
//
// Later rules win; a flow that meets no rule has no label: nothing is guessed. The conditions are one table (name,
// help, parser, matcher) in label_rules.cpp. Immutable once read; any thread may ask.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "features/schema.h"

namespace flowsift::dataset {

struct PortRange {
    std::uint16_t low = 0;
    std::uint16_t high = 0;  ///< Included.
};

/// One [[rule]]. A condition that is empty is not stated: every flow meets it.
struct LabelRule {
    std::string label;
    std::string note;
    std::string capture;                     ///< Glob ('*', '?') on the base name of the capture.
    std::optional<base::Nanoseconds> from;   ///< The first packet is at or after …
    std::optional<base::Nanoseconds> until;  ///< … and before.
    std::vector<base::IpPrefix> source, destination, host;
    std::vector<base::IpPrefix> between;  ///< Two, or none.
    std::vector<PortRange> source_port, destination_port, port;
    std::vector<std::uint8_t> protocol;
};

class LabelRules {
  public:
    /// Errors: a file that cannot be read, or what parse() finds.
    static base::Result<LabelRules> open(const std::string& path);

    /// `name` stands for the file in messages. Errors, with line, column and what is accepted: not TOML, an unknown
    /// key, a value of another type or kind, no rules.
    static base::Result<LabelRules> parse(std::string_view toml, const std::string& name);

    /// Distinct, in the order of their first rule.
    const std::vector<std::string>& labels() const { return labels_; }
    const std::vector<LabelRule>& rules() const { return rules_; }

    /// Some rule looks at the name of the capture.
    bool needs_capture() const;

    /// Index into rules() of the last rule that the flow meets; empty where it meets none. `capture`: a path or base
    /// name.
    std::optional<std::size_t> rule_of(std::string_view capture, const features::FlowIdentity& flow) const;

    /// Index into labels() of that rule's label.
    std::optional<std::size_t> label_of(std::string_view capture, const features::FlowIdentity& flow) const;

  private:
    std::vector<LabelRule> rules_;
    std::vector<std::size_t> rule_labels_;  ///< Parallel to rules_.
    std::vector<std::string> labels_;
};

/// The file's format, for --help: an example and every key with what it accepts.
std::string label_rules_help();

/// Whether `text` is what the glob says: '*' any characters, '?' one, everything else itself.
bool glob_matches(std::string_view glob, std::string_view text);

}  // namespace flowsift::dataset
