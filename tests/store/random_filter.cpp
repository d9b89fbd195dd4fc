#include "tests/store/random_filter.h"

#include <fmt/format.h>

#include <algorithm>

namespace flowsift::store {
namespace {

using Passes = std::function<bool(const StoredFlow&)>;

template <class T, std::size_t N>
T one_of(base::Random& random, const T (&values)[N]) {
    return values[random.below(N)];
}

struct Number {
    const char* field;
    std::vector<std::function<double(const StoredFlow&)>> values;
    const char* unit = "";
    double factor = 1;
};

PlainFilter number_term(base::Random& random) {
    const auto bytes = [](const StoredFlow& f) {
        return static_cast<double>(f.flow.forward_wire_bytes + f.flow.backward_wire_bytes);
    };
    const auto source_port = [](const StoredFlow& f) { return double{1} * f.flow.source_port; };
    const auto destination_port = [](const StoredFlow& f) { return double{1} * f.flow.destination_port; };
    const std::vector<Number> numbers = {
        {"bytes", {bytes}},
        {"bytes", {bytes}, "k", 1e3},
        {"packets",
         {[](const StoredFlow& f) { return static_cast<double>(f.flow.forward_packets + f.flow.backward_packets); }}},
        {"src.port", {source_port}},
        {"dst.port", {destination_port}},
        {"port", {source_port, destination_port}},
        {"duration", {[](const StoredFlow& f) { return static_cast<double>(f.flow.last - f.flow.first); }}, "s", 1e9},
        {"duration", {[](const StoredFlow& f) { return static_cast<double>(f.flow.last - f.flow.first); }}, "ms", 1e6},
        {"vlan", {[](const StoredFlow& f) { return double{1} * f.flow.vlan; }}},
    };
    const Number& number = numbers[random.below(static_cast<std::uint32_t>(numbers.size()))];
    const std::uint32_t low = random.below(5), high = low + random.below(3);
    const double least = low * number.factor, most = high * number.factor;
    using Test = std::function<bool(double)>;
    const std::pair<std::string, Test> tests[] = {
        {fmt::format(":{}{}", low, number.unit), [=](double v) { return v == least; }},
        {fmt::format("!={}{}", low, number.unit), [=](double v) { return v == least; }},
        {fmt::format(">{}{}", low, number.unit), [=](double v) { return v > least; }},
        {fmt::format("<{}{}", low, number.unit), [=](double v) { return v < least; }},
        {fmt::format(">={}{}", low, number.unit), [=](double v) { return v >= least; }},
        {fmt::format("<={}{}", low, number.unit), [=](double v) { return v <= least; }},
        {fmt::format(":{}{}..{}{}", low, number.unit, high, number.unit),
         [=](double v) { return v >= least && v <= most; }},
    };
    const std::uint32_t which = random.below(7);
    const bool is_negated = which == 1;
    return {number.field + tests[which].first,
            [values = number.values, test = tests[which].second, is_negated](const StoredFlow& f) {
                const bool any = std::ranges::any_of(values, [&](const auto& value) { return test(value(f)); });
                return any != is_negated;
            }};
}

PlainFilter address_term(base::Random& random) {
    const char* prefix = one_of(random, {"10.0.0.0/8", "10.0.0.1", "10.0.1.0/24", "2001:db8::/32", "2001:db8::1",
                                         "0.0.0.0/0", "::/0", "10.0.0.2/31"});
    const base::IpPrefix wanted = *base::parse_ip_prefix(prefix);
    const std::uint32_t side = random.below(3);
    const char* fields[] = {"src", "dst", "host"};
    return {fmt::format("{}:{}", fields[side], prefix), [=](const StoredFlow& f) {
                return (side != 1 && wanted.contains(f.flow.source)) ||
                       (side != 0 && wanted.contains(f.flow.destination));
            }};
}

/// By hand, for the patterns that are used here: "", "*", and one '*' at an end.
bool is_like(std::string pattern, std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(c));
    for (char& c : pattern) c = static_cast<char>(std::tolower(c));
    if (pattern.starts_with('*')) return text.ends_with(pattern.substr(1));
    if (pattern.ends_with('*')) return text.starts_with(pattern.substr(0, pattern.size() - 1));
    return text == pattern;
}

PlainFilter text_term(base::Random& random) {
    const std::string pattern =
        one_of(random, {"", "*", "a.example.com", "*.example.com", "b*", "PORTSCAN", "Port*", "100%_", "x y"});
    const bool is_class = random.below(2) == 0;
    const std::string written = pattern.empty() || pattern == "x y" ? '"' + pattern + '"' : pattern;
    if (is_class)
        return {"class:" + written, [=](const StoredFlow& f) { return !f.label.empty() && is_like(pattern, f.label); }};
    return {"name=" + written, [=](const StoredFlow& f) { return is_like(pattern, f.name); }};
}

PlainFilter word_term(base::Random& random) {
    using enum features::Application;
    const PlainFilter terms[] = {
        {"proto:tcp", [](const StoredFlow& f) { return f.flow.protocol == 6; }},
        {"proto:17", [](const StoredFlow& f) { return f.flow.protocol == 17; }},
        {"proto!=icmpv6", [](const StoredFlow& f) { return f.flow.protocol != 58; }},
        {"app:tls", [](const StoredFlow& f) { return f.application == kTls; }},
        {"app:none", [](const StoredFlow& f) { return f.application == kNone; }},
        {"end:rst", [](const StoredFlow& f) { return f.flow.end_reason == flow::EndReason::kRst; }},
        {"novel:yes", [](const StoredFlow& f) { return f.is_novel; }},
        {"novel!=yes", [](const StoredFlow& f) { return !f.is_novel; }},
        {"probability>0.5", [](const StoredFlow& f) { return !f.label.empty() && f.probability > 0.5; }},
        {"probability:0.5", [](const StoredFlow& f) { return !f.label.empty() && f.probability == 0.5; }},
        {"probability<=0.5", [](const StoredFlow& f) { return !f.label.empty() && f.probability <= 0.5; }},
        {"alert:1..2", [](const StoredFlow& f) { return f.alert == 1 || f.alert == 2; }},
        {"alert!=1", [](const StoredFlow& f) { return f.alert != 1; }},
    };
    return one_of(random, terms);
}

PlainFilter term(base::Random& random) {
    switch (random.below(4)) {
        case 0:
            return address_term(random);
        case 1:
            return text_term(random);
        case 2:
            return word_term(random);
        default:
            return number_term(random);
    }
}

}  // namespace

StoredFlow random_flow(base::Random& random) {
    StoredFlow stored;
    flow::FlowIdentity& flow = stored.flow;
    constexpr const char* kAddresses[] = {"10.0.0.1", "10.0.0.2", "10.0.1.7", "11.0.0.1", "2001:db8::1", "fe80::1"};
    flow.source = *base::parse_ip_address(one_of(random, kAddresses));
    flow.destination = *base::parse_ip_address(one_of(random, kAddresses));
    flow.source_port = static_cast<std::uint16_t>(random.below(6));
    flow.destination_port = static_cast<std::uint16_t>(random.below(6));
    flow.protocol = one_of<std::uint8_t>(random, {6, 17, 58});
    flow.vlan = random.below(4);
    flow.first = static_cast<base::Nanoseconds>(random.below(40)) * base::kSecond - 20 * base::kSecond;
    flow.last = flow.first + one_of<base::Nanoseconds>(random, {0, 1'000'000, 3'000'000, base::kSecond, 2'500'000'000});
    flow.forward_packets = random.below(3);
    flow.backward_packets = random.below(3);
    flow.forward_wire_bytes = one_of<std::uint64_t>(random, {0, 1, 2, 1'000, 2'000});
    flow.backward_wire_bytes = random.below(3);
    flow.end_reason = static_cast<flow::EndReason>(random.below(flow::kEndReasonCount));
    stored.application = static_cast<features::Application>(random.below(5));
    stored.name = one_of(random, {"", "a.example.com", "B.Example.COM", "x y", "100%_", "\xff\x01"});
    stored.label = one_of(random, {"", "BENIGN", "PortScan"});
    stored.probability = stored.label.empty() ? 0 : one_of(random, {0.25, 0.5, 0.75});
    stored.is_novel = random.below(4) == 0;
    stored.alert = random.below(4);
    return stored;
}

PlainFilter random_filter(base::Random& random, int depth) {
    const std::uint32_t kind = depth == 0 ? 0 : random.below(4);
    if (kind == 0) return term(random);
    const PlainFilter left = random_filter(random, depth - 1);
    if (kind == 1) {
        const char* sign = one_of(random, {"not ", "-", "NOT "});
        return {fmt::format("{}({})", sign, left.text), [left](const StoredFlow& f) { return !left.passes(f); }};
    }
    const PlainFilter right = random_filter(random, depth - 1);
    if (kind == 2)
        return {fmt::format("({} or {})", left.text, right.text),
                [=](const StoredFlow& f) { return left.passes(f) || right.passes(f); }};
    const char* sign = one_of(random, {" ", " and "});
    return {left.text + sign + right.text, [=](const StoredFlow& f) { return left.passes(f) && right.passes(f); }};
}

}  // namespace flowsift::store
