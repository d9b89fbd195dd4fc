#include "dataset/label_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "base/toml_document.h"
#include "dataset/cell.h"

namespace flowsift::dataset {
namespace {

using features::FlowIdentity;

constexpr std::size_t kMostRules = 100'000;
constexpr std::size_t kLongestText = 256;

struct NamedProtocol {
    std::string_view name;
    std::uint8_t number;
};
constexpr NamedProtocol kProtocols[] = {{"tcp", 6}, {"udp", 17}, {"icmp", 1}, {"icmpv6", 58}, {"sctp", 132}};

// Parsers: the node that is wrong, or nullptr.

using Fault = const toml::node*;

bool parse_item(const toml::node& node, std::string& out) {
    const auto text = node.value_exact<std::string_view>();
    if (!text || trim(*text).empty() || text->size() > kLongestText) return false;
    out = trim(*text);
    return true;
}

bool parse_item(const toml::node& node, base::IpPrefix& out) {
    const auto text = node.value_exact<std::string_view>();
    const auto prefix = text ? base::parse_ip_prefix(*text) : std::nullopt;
    if (prefix) out = *prefix;
    return prefix.has_value();
}

std::optional<std::uint16_t> parse_port_text(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
    return fault == std::errc{} && end == text.data() + text.size() ? std::optional(port) : std::nullopt;
}

bool parse_item(const toml::node& node, PortRange& out) {
    if (const auto number = node.value_exact<std::int64_t>()) {
        if (*number < 0 || *number > 65'535) return false;
        out.low = out.high = static_cast<std::uint16_t>(*number);
        return true;
    }
    const auto text = node.value_exact<std::string_view>();
    const std::size_t dash = text ? text->find('-') : std::string_view::npos;
    if (dash == std::string_view::npos) return false;
    const auto low = parse_port_text(text->substr(0, dash)), high = parse_port_text(text->substr(dash + 1));
    if (!low || !high || *low > *high) return false;
    out = {*low, *high};
    return true;
}

bool parse_item(const toml::node& node, std::uint8_t& out) {
    if (const auto number = node.value_exact<std::int64_t>()) {
        out = static_cast<std::uint8_t>(*number);
        return *number >= 0 && *number <= 255;
    }
    const auto text = node.value_exact<std::string_view>();
    const auto* const known = std::find_if(std::begin(kProtocols), std::end(kProtocols),
                                           [&](const NamedProtocol& p) { return text && p.name == *text; });
    if (known == std::end(kProtocols)) return false;
    out = known->number;
    return true;
}

bool parse_item(const toml::node& node, std::optional<base::Nanoseconds>& out) {
    const auto moment = node.value_exact<toml::date_time>();
    if (!moment || !moment->offset) return false;
    using namespace std::chrono;
    const year_month_day date{year{moment->date.year}, month{moment->date.month}, day{moment->date.day}};
    if (!date.ok() || date.year() < year{1678} || date.year() > year{2261}) return false;
    const auto since_midnight = hours{moment->time.hour} + minutes{moment->time.minute - moment->offset->minutes} +
                                seconds{moment->time.second} + nanoseconds{moment->time.nanosecond};
    out = sys_days{date}.time_since_epoch().count() * 86'400 * base::kSecond + nanoseconds{since_midnight}.count();
    return true;
}

template <auto Field>
Fault parse_one(const toml::node& node, LabelRule& rule) {
    return parse_item(node, rule.*Field) ? nullptr : &node;
}

/// One item, or a list of at least one.
template <auto Field>
Fault parse_list(const toml::node& node, LabelRule& rule) {
    auto& items = rule.*Field;
    const toml::array* const list = node.as_array();
    if (!list) return parse_item(node, items.emplace_back()) ? nullptr : &node;
    for (const toml::node& item : *list)
        if (!parse_item(item, items.emplace_back())) return &item;
    return items.empty() ? &node : nullptr;
}

Fault parse_between(const toml::node& node, LabelRule& rule) {
    if (!node.is_array()) return &node;
    const Fault fault = parse_list<&LabelRule::between>(node, rule);
    return !fault && rule.between.size() != 2 ? &node : fault;
}

// Matchers: whether a flow meets what the rule states; a condition that is not stated is met.

bool contains(const std::vector<base::IpPrefix>& prefixes, const base::IpAddress& address) {
    return std::any_of(prefixes.begin(), prefixes.end(), [&](const auto& prefix) { return prefix.contains(address); });
}

bool contains(const std::vector<PortRange>& ranges, std::uint16_t port) {
    return std::any_of(ranges.begin(), ranges.end(), [&](const auto& r) { return r.low <= port && port <= r.high; });
}

bool contains(const std::vector<std::uint8_t>& numbers, std::uint8_t number) {
    return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

template <auto Condition, auto Field>
bool meets_one(const LabelRule& rule, std::string_view, const FlowIdentity& flow) {
    return (rule.*Condition).empty() || contains(rule.*Condition, flow.*Field);
}

template <auto Condition, auto Field, auto OtherField>
bool meets_either(const LabelRule& rule, std::string_view, const FlowIdentity& flow) {
    const auto& condition = rule.*Condition;
    return condition.empty() || contains(condition, flow.*Field) || contains(condition, flow.*OtherField);
}

bool meets_between(const LabelRule& rule, std::string_view, const FlowIdentity& flow) {
    if (rule.between.empty()) return true;
    const auto& one = rule.between[0];
    const auto& other = rule.between[1];
    return (one.contains(flow.source) && other.contains(flow.destination)) ||
           (other.contains(flow.source) && one.contains(flow.destination));
}

bool meets_always(const LabelRule&, std::string_view, const FlowIdentity&) {
    return true;
}

bool meets_capture(const LabelRule& rule, std::string_view capture, const FlowIdentity&) {
    return rule.capture.empty() || glob_matches(rule.capture, capture);
}

bool meets_from(const LabelRule& rule, std::string_view, const FlowIdentity& flow) {
    return !rule.from || flow.first >= *rule.from;
}

bool meets_until(const LabelRule& rule, std::string_view, const FlowIdentity& flow) {
    return !rule.until || flow.first < *rule.until;
}

struct Key {
    std::string_view name;
    std::string_view accepts;
    std::string_view help;
    Fault (*parse)(const toml::node&, LabelRule&);
    bool (*meets)(const LabelRule&, std::string_view capture, const FlowIdentity&);
};

constexpr std::string_view kAddresses =
    "an address or prefix such as \"10.1.0.66\" or \"10.2.1.0/24\", or a list of those";
constexpr std::string_view kPorts = "a port number, a range such as \"8000-8100\", or a list of those";
constexpr std::string_view kMoment = "a time with its offset such as 2026-11-23T10:00:00.250Z";

/// Every key of a rule.
constexpr Key kKeys[] = {
    {"label", "a text", "what a flow that meets the rule is (required)", parse_one<&LabelRule::label>, meets_always},
    {"note", "a text", "for the reader", parse_one<&LabelRule::note>, meets_always},
    {"capture", "a text with '*' and '?' as wildcards", "the base name of the capture", parse_one<&LabelRule::capture>,
     meets_capture},
    {"from", kMoment, "the first packet is at or after", parse_one<&LabelRule::from>, meets_from},
    {"until", kMoment, "the first packet is before", parse_one<&LabelRule::until>, meets_until},
    {"source", kAddresses, "the initiator", parse_list<&LabelRule::source>,
     meets_one<&LabelRule::source, &FlowIdentity::source>},
    {"destination", kAddresses, "the responder", parse_list<&LabelRule::destination>,
     meets_one<&LabelRule::destination, &FlowIdentity::destination>},
    {"between", "a list of two addresses or prefixes", "the two endpoints, in either direction", parse_between,
     meets_between},
    {"host", kAddresses, "either endpoint", parse_list<&LabelRule::host>,
     meets_either<&LabelRule::host, &FlowIdentity::source, &FlowIdentity::destination>},
    {"source_port", kPorts, "the initiator's port", parse_list<&LabelRule::source_port>,
     meets_one<&LabelRule::source_port, &FlowIdentity::source_port>},
    {"destination_port", kPorts, "the responder's port", parse_list<&LabelRule::destination_port>,
     meets_one<&LabelRule::destination_port, &FlowIdentity::destination_port>},
    {"port", kPorts, "either endpoint's port", parse_list<&LabelRule::port>,
     meets_either<&LabelRule::port, &FlowIdentity::source_port, &FlowIdentity::destination_port>},
    {"protocol", "\"tcp\", \"udp\", \"icmp\", \"icmpv6\", \"sctp\", a number up to 255, or a list of those",
     "the transport protocol", parse_list<&LabelRule::protocol>,
     meets_one<&LabelRule::protocol, &FlowIdentity::protocol>},
};

base::Error unknown_key(const std::string& name, const toml::key& key) {
    std::vector<std::string_view> names;
    names.reserve(std::size(kKeys));
    for (const Key& known : kKeys) names.push_back(known.name);
    return base::unknown_toml_key(name, key, "a rule", names);
}

base::Result<LabelRule> parse_rule(const toml::node& node, const std::string& name) {
    const toml::table* const table = node.as_table();
    if (!table) return base::toml_error(name, node.source(), "`rule` must be a table; write [[rule]]");
    LabelRule rule;
    for (const auto& [key, value] : *table) {
        const auto* const known = std::find_if(std::begin(kKeys), std::end(kKeys),
                                               [&k = key](const Key& row) { return row.name == k.str(); });
        if (known == std::end(kKeys)) return unknown_key(name, key);
        if (const Fault fault = known->parse(value, rule))
            return base::toml_error(name, fault->source(), fmt::format("`{}` must be {}", known->name, known->accepts));
    }
    if (rule.label.empty())
        return base::toml_error(name, node.source(), "this rule has no `label`, which every rule needs");
    if (rule.from && rule.until && *rule.from >= *rule.until)
        return base::toml_error(name, node.source(), "no flow can meet this rule: its `until` is not after its `from`");
    return rule;
}

base::Result<const toml::array*> check_document(const toml::table& document, const std::string& name) {
    constexpr std::array<std::string_view, 2> kKnown = {"version", "rule"};
    for (const auto& [key, value] : document)
        if (std::ranges::find(kKnown, key.str()) == kKnown.end())
            return base::unknown_toml_key(name, key, "a rules file", kKnown);
    if (const auto checked = base::check_toml_version(document, name, "rules file"); !checked) return checked.error();
    const toml::node* const rules = document.get("rule");
    if (!rules || !rules->is_array() || rules->as_array()->empty())
        return base::Error{name + " has no rules; add at least one [[rule]] with a `label`",
                           base::ErrorKind::kConfiguration};
    if (rules->as_array()->size() > kMostRules)
        return base::Error{fmt::format("{} has more than {} rules", name, kMostRules), base::ErrorKind::kConfiguration};
    return rules->as_array();
}

}  // namespace

base::Result<LabelRules> LabelRules::open(const std::string& path) {
    const auto text = base::read_toml_file(path, "rules file");
    if (!text) return text.error();
    return parse(*text, path);
}

base::Result<LabelRules> LabelRules::parse(std::string_view toml, const std::string& name) {
    const auto document = base::parse_toml(toml, name);
    if (!document) return document.error();
    const auto list = check_document(*document, name);
    if (!list) return list.error();
    LabelRules rules;
    for (const toml::node& node : **list) {
        auto rule = parse_rule(node, name);
        if (!rule) return rule.error();
        auto place = std::find(rules.labels_.begin(), rules.labels_.end(), rule->label);
        if (place == rules.labels_.end()) place = rules.labels_.insert(place, rule->label);
        rules.rule_labels_.push_back(static_cast<std::size_t>(place - rules.labels_.begin()));
        rules.rules_.push_back(std::move(*rule));
    }
    return rules;
}

bool LabelRules::needs_capture() const {
    return std::any_of(rules_.begin(), rules_.end(), [](const LabelRule& rule) { return !rule.capture.empty(); });
}

std::optional<std::size_t> LabelRules::rule_of(std::string_view capture, const features::FlowIdentity& flow) const {
    capture.remove_prefix(capture.rfind('/') + 1);  // npos + 1 == 0: a name without a folder.
    for (std::size_t i = rules_.size(); i-- > 0;) {
        const bool is_met = std::all_of(std::begin(kKeys), std::end(kKeys),
                                        [&](const Key& key) { return key.meets(rules_[i], capture, flow); });
        if (is_met) return i;
    }
    return std::nullopt;
}

std::optional<std::size_t> LabelRules::label_of(std::string_view capture, const features::FlowIdentity& flow) const {
    const auto rule = rule_of(capture, flow);
    return rule ? std::optional(rule_labels_[*rule]) : std::nullopt;
}

std::string label_rules_help() {
    std::string help =
        "A rules file begins with `version = 1`; then rules follow, of which later ones win:\n"
        "\n"
        "  [[rule]]\n"
        "  label = \"BENIGN\"\n"
        "\n"
        "  [[rule]]\n"
        "  label = \"Portscan\"\n"
        "  source = \"10.1.0.66\"\n"
        "  from = 2026-11-23T10:00:00Z\n"
        "  until = 2026-11-23T10:05:00Z\n"
        "\n"
        "A flow meets a rule when it meets all that the rule states. Keys of a rule:\n"
        "\n";
    for (const Key& key : kKeys) help += fmt::format("  {:<17} {}: {}\n", key.name, key.help, key.accepts);
    return help;
}

bool glob_matches(std::string_view glob, std::string_view text) {
    std::size_t g = 0, t = 0, star = std::string_view::npos, retry = 0;
    while (t < text.size()) {
        if (g < glob.size() && glob[g] == '*') {
            star = g++;
            retry = t;
        } else if (g < glob.size() && (glob[g] == '?' || glob[g] == text[t])) {
            ++g;
            ++t;
        } else if (star != std::string_view::npos) {
            g = star + 1;
            t = ++retry;  // The last star takes one character more.
        } else {
            return false;
        }
    }
    while (g < glob.size() && glob[g] == '*') ++g;
    return g == glob.size();
}

}  // namespace flowsift::dataset
