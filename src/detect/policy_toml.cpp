#include "detect/policy_toml.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "base/duration.h"
#include "base/message_text.h"
#include "detect/class_info.h"

namespace flowsift::detect {
namespace {

constexpr std::size_t kMostAllowances = 10'000;
constexpr std::size_t kMostItems = 1'000;  ///< Of a list.
constexpr std::size_t kLongestText = 256;
constexpr double kMostAlertsPerHour = 1e6;

// Readers of one value: whether it was of the right kind.

bool read(const toml::node& node, bool& out) {
    const auto value = node.value_exact<bool>();
    out = value.value_or(false);
    return value.has_value();
}

bool read(const toml::node& node, float& share) {
    const double value = node.is_number() ? *node.value<double>() : -1;
    share = static_cast<float>(value);
    return value >= 0 && value <= 1;
}

bool read(const toml::node& node, double& rate) {
    rate = node.is_number() ? *node.value<double>() : -1;
    return rate >= 0 && rate <= kMostAlertsPerHour;
}

bool read(const toml::node& node, base::Nanoseconds& duration) {
    const auto text = node.value_exact<std::string_view>();
    const auto parsed = base::parse_duration(text.value_or(""));
    if (parsed) duration = std::chrono::nanoseconds(*parsed).count();
    return parsed.ok();
}

bool read(const toml::node& node, Severity& severity) {
    for (const Severity each : {Severity::kHigh, Severity::kMedium, Severity::kLow}) {
        if (node.value_exact<std::string_view>() != to_string(each)) continue;
        severity = each;
        return true;
    }
    return false;
}

bool read(const toml::node& node, std::string& text) {
    const auto value = node.value_exact<std::string_view>();
    text = value.value_or("");
    return value && value->size() <= kLongestText;
}

bool read(const toml::node& node, base::IpPrefix& out) {
    const auto prefix = base::parse_ip_prefix(node.value_exact<std::string_view>().value_or(""));
    if (prefix) out = *prefix;
    return prefix.has_value();
}

bool read(const toml::node& node, std::uint16_t& port) {
    const std::int64_t number = node.value_exact<std::int64_t>().value_or(-1);
    port = static_cast<std::uint16_t>(number);
    return number >= 0 && number <= 65'535;
}

bool read(const toml::node& node, std::optional<base::Nanoseconds>& day) {
    const auto date = node.value_exact<toml::date>();
    if (!date) return false;
    using namespace std::chrono;
    const year_month_day end{year{date->year}, month{date->month}, std::chrono::day{date->day}};
    if (!end.ok() || end.year() < year{1970} || end.year() > year{2261}) return false;
    day = nanoseconds(sys_days{end}.time_since_epoch()).count();
    return true;
}

/// One item, or a list of at least one.
template <class T>
bool read(const toml::node& node, std::vector<T>& items) {
    const toml::array* const list = node.as_array();
    if (!list) return read(node, items.emplace_back());
    if (list->empty() || list->size() > kMostItems) return false;
    return std::all_of(list->begin(), list->end(),
                       [&](const toml::node& item) { return read(item, items.emplace_back()); });
}

template <auto Field, class T>
bool read_into(const toml::node& node, T& object) {
    return read(node, object.*Field);
}

template <class T>
struct Key {
    std::string_view name;
    std::string_view accepts;
    std::string_view help;
    bool (*read)(const toml::node&, T&);
};

/// An allowance before its classes are known by index.
struct NamedAllowance : Allowance {
    std::vector<std::string> labels;
};

struct Alerts : Policy {
    float threshold = kDefaultThreshold;
};

constexpr std::string_view kShare = "a number from 0 to 1";
constexpr std::string_view kSeverity = "\"high\", \"medium\" or \"low\"";
constexpr std::string_view kAddresses =
    "an address or prefix such as \"10.1.0.66\" or \"10.2.1.0/24\", or a list of those";

constexpr Key<Alerts> kAlertKeys[] = {
    {"threshold", kShare, "alert from this calibrated probability on, where the class has no other",
     read_into<&Alerts::threshold, Alerts>},
    {"per_hour", "a number of alerts, 60 unless said otherwise; 0 is no limit", "budget: thresholds rise to keep to it",
     read_into<&Alerts::alerts_per_hour, Alerts>},
    {"quiet_time", "a duration such as \"10m\"", "an episode that saw no flow for so long has ended",
     read_into<&Alerts::quiet_time, Alerts>},
    {"drift_period", "a duration such as \"1h\"", "how often it is told whether traffic is still what was learnt from",
     read_into<&Alerts::drift_period, Alerts>},
    {"unknown", "true or false", "alert on flows unlike anything that the model has learnt from",
     read_into<&Alerts::alerts_on_unknown, Alerts>},
    {"unknown_flows", "a number of flows up to 65535", "of one source or one target, before that alert is raised",
     read_into<&Alerts::unknown_flows, Alerts>},
    {"unknown_severity", kSeverity, "of those alerts", read_into<&Alerts::unknown_severity, Alerts>},
};

constexpr Key<ClassPolicy> kClassKeys[] = {
    {"severity", kSeverity, "how urgent the class is", read_into<&ClassPolicy::severity, ClassPolicy>},
    {"threshold", kShare, "alert from this calibrated probability on", read_into<&ClassPolicy::threshold, ClassPolicy>},
    {"technique", "a text such as \"T1046\"", "MITRE ATT&CK technique",
     read_into<&ClassPolicy::technique, ClassPolicy>},
    {"muted", "true or false", "no alerts, only counts", read_into<&ClassPolicy::is_muted, ClassPolicy>},
};

constexpr Key<NamedAllowance> kAllowKeys[] = {
    {"note", "a text", "why, for the reader", read_into<&NamedAllowance::note, NamedAllowance>},
    {"class", "the name of a class, \"Unknown\", or a list of those", "only verdicts of these classes",
     read_into<&NamedAllowance::labels, NamedAllowance>},
    {"source", kAddresses, "the initiator", read_into<&NamedAllowance::source, NamedAllowance>},
    {"destination", kAddresses, "the responder", read_into<&NamedAllowance::destination, NamedAllowance>},
    {"host", kAddresses, "either end", read_into<&NamedAllowance::host, NamedAllowance>},
    {"destination_port", "a port number or a list of those", "the responder's port",
     read_into<&NamedAllowance::destination_port, NamedAllowance>},
    {"until", "a date such as 2026-12-31", "flows that begin before this day (UTC)",
     read_into<&NamedAllowance::until, NamedAllowance>},
};

template <class T, std::size_t N>
std::vector<std::string_view> names_of(const Key<T> (&keys)[N]) {
    std::vector<std::string_view> names;
    names.reserve(N);
    for (const Key<T>& key : keys) names.push_back(key.name);
    return names;
}

/// Reads what `keys` name of a table into `object`; `others` are keys that somebody else reads.
template <class T, std::size_t N>
base::Result<void> read_table(const toml::table& table, const Key<T> (&keys)[N], T& object, const std::string& name,
                              std::string_view owner, std::span<const std::string_view> others = {}) {
    for (const auto& [key, value] : table) {
        if (std::ranges::find(others, key.str()) != others.end()) continue;
        const auto* const known = std::find_if(std::begin(keys), std::end(keys),
                                               [&k = key](const Key<T>& row) { return row.name == k.str(); });
        if (known == std::end(keys)) {
            std::vector<std::string_view> names = names_of(keys);
            names.insert(names.end(), others.begin(), others.end());
            return base::unknown_toml_key(name, key, owner, names);
        }
        if (!known->read(value, object))
            return base::toml_error(name, value.source(), fmt::format("`{}` must be {}", known->name, known->accepts));
    }
    return {};
}

base::Error unknown_class(const std::string& name, const toml::source_region& where, std::string_view label,
                          const model::Model& model) {
    return base::toml_error(name, where,
                            fmt::format("the model has no class {}; it has: {}", base::quoted_for_message(label),
                                        fmt::join(model.classes, ", ")));
}

base::Result<void> read_classes(const toml::node& node, const std::string& name, const model::Model& model,
                                Policy& policy) {
    const toml::table* const classes = node.as_table();
    if (!classes) return base::toml_error(name, node.source(), "`class` must be a table; write [alerts.class.NAME]");
    for (const auto& [label, value] : *classes) {
        const auto place = std::ranges::find(model.classes, label.str());
        if (place == model.classes.end()) return unknown_class(name, label.source(), label.str(), model);
        const toml::table* const table = value.as_table();
        if (!table) return base::toml_error(name, value.source(), "a class must be a table; write [alerts.class.NAME]");
        ClassPolicy& policy_of_class = policy.classes[static_cast<std::size_t>(place - model.classes.begin())];
        if (auto done = read_table(*table, kClassKeys, policy_of_class, name, "a class"); !done) return done;
    }
    return {};
}

base::Result<Allowance> read_allowance(const toml::node& node, const std::string& name, const model::Model& model) {
    const toml::table* const table = node.as_table();
    if (!table) return base::toml_error(name, node.source(), "`allow` must be tables; write [[alerts.allow]]");
    NamedAllowance named;
    if (const auto done = read_table(*table, kAllowKeys, named, name, "an allowance"); !done) return done.error();
    if (!named.labels.empty()) named.classes.resize(model.classes.size() + 1);
    for (const std::string& label : named.labels) {
        const auto place = std::ranges::find(model.classes, label);
        if (place == model.classes.end() && label != kUnknownLabel)
            return unknown_class(name, node.source(), label, model);
        named.classes[static_cast<std::size_t>(place - model.classes.begin())] = true;
    }
    const bool has_condition = !named.labels.empty() || !named.source.empty() || !named.destination.empty() ||
                               !named.host.empty() || !named.destination_port.empty();
    if (!has_condition)
        return base::toml_error(name, node.source(),
                                "this allowance would allow everything; state `class`, `source`, `destination`, `host` "
                                "or `destination_port`");
    return static_cast<Allowance&>(named);
}

base::Result<void> read_allowances(const toml::node& node, const std::string& name, const model::Model& model,
                                   Policy& policy) {
    const toml::array* const list = node.as_array();
    if (!list || list->size() > kMostAllowances)
        return base::toml_error(
            name, node.source(),
            fmt::format("`allow` must be at most {} tables; write [[alerts.allow]]", kMostAllowances));
    policy.allowances.reserve(list->size());
    for (const toml::node& each : *list) {
        auto allowance = read_allowance(each, name, model);
        if (!allowance) return allowance.error();
        policy.allowances.push_back(std::move(*allowance));
    }
    return {};
}

template <class T, std::size_t N>
void append_help(std::string& help, std::string_view heading, const Key<T> (&keys)[N]) {
    help += fmt::format("{}\n", heading);
    for (const Key<T>& key : keys) help += fmt::format("  {:<17} {}: {}\n", key.name, key.help, key.accepts);
}

}  // namespace

base::Result<Policy> parse_policy(const toml::table* alerts, const std::string& name, const model::Model& model,
                                  std::optional<float> threshold) {
    if (alerts == nullptr) return default_policy(model, threshold.value_or(kDefaultThreshold));
    constexpr std::array<std::string_view, 2> kTables = {"class", "allow"};
    Alerts read;
    if (const auto done = read_table(*alerts, kAlertKeys, read, name, "[alerts]", kTables); !done) return done.error();
    read.classes = default_policy(model, threshold.value_or(read.threshold)).classes;
    if (const toml::node* const classes = alerts->get("class"))
        if (const auto done = read_classes(*classes, name, model, read); !done) return done.error();
    if (const toml::node* const allowances = alerts->get("allow"))
        if (const auto done = read_allowances(*allowances, name, model, read); !done) return done.error();
    return static_cast<Policy&>(read);
}

std::string policy_help() {
    std::string help;
    append_help(help, "[alerts]", kAlertKeys);
    append_help(help, "[alerts.class.\"NAME OF A CLASS\"]", kClassKeys);
    append_help(help, "[[alerts.allow]]  flows that raise no alert", kAllowKeys);
    return help;
}

}  // namespace flowsift::detect
