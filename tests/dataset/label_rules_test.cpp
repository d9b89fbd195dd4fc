#include "dataset/label_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace flowsift::dataset {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

flow::FlowIdentity flow_of(std::string_view source, std::uint16_t source_port, std::string_view destination,
                           std::uint16_t destination_port, std::uint8_t protocol = 6,
                           std::string_view time = "2026-11-23 10:01:00") {
    flow::FlowIdentity flow;
    flow.source = *base::parse_ip_address(source);
    flow.destination = *base::parse_ip_address(destination);
    flow.source_port = source_port;
    flow.destination_port = destination_port;
    flow.protocol = protocol;
    flow.first = *base::parse_time(time);
    return flow;
}

/// The label of one flow under one rule that states `condition`, or "" where the rule is not met.
std::string met(const std::string& condition, const flow::FlowIdentity& flow, std::string_view capture = "a.pcap") {
    const auto rules = LabelRules::parse("version = 1\n[[rule]]\nlabel = \"X\"\n" + condition + "\n", "rules.toml");
    EXPECT_TRUE(rules) << rules.error().message;
    if (!rules) return "no rules";
    const auto label = rules->label_of(capture, flow);
    return label ? rules->labels()[*label] : "";
}

const flow::FlowIdentity kFlow = flow_of("10.1.0.66", 4000, "10.2.0.10", 80);

TEST(LabelRules, EveryConditionMeetsAndFails) {
    EXPECT_EQ(met("", kFlow), "X");
    EXPECT_EQ(met("note = 'why'", kFlow), "X");
    EXPECT_EQ(met("source = '10.1.0.66'", kFlow), "X");
    EXPECT_EQ(met("source = '10.2.0.10'", kFlow), "");
    EXPECT_EQ(met("destination = ['10.9.9.9', '10.2.0.0/24']", kFlow), "X");
    EXPECT_EQ(met("destination = '10.1.0.66'", kFlow), "");
    EXPECT_EQ(met("host = '10.2.0.10'", kFlow), "X");
    EXPECT_EQ(met("host = ['10.1.0.66']", kFlow), "X");
    EXPECT_EQ(met("host = '10.3.0.0/16'", kFlow), "");
    EXPECT_EQ(met("between = ['10.1.0.66', '10.2.0.10']", kFlow), "X");
    EXPECT_EQ(met("between = ['10.2.0.0/16', '10.1.0.66']", kFlow), "X");
    EXPECT_EQ(met("between = ['10.1.0.66', '10.1.0.66']", kFlow), "");
    EXPECT_EQ(met("source_port = 4000", kFlow), "X");
    EXPECT_EQ(met("source_port = 80", kFlow), "");
    EXPECT_EQ(met("destination_port = [443, '79-81']", kFlow), "X");
    EXPECT_EQ(met("destination_port = '81-90'", kFlow), "");
    EXPECT_EQ(met("port = 80", kFlow), "X");
    EXPECT_EQ(met("port = '4000-4000'", kFlow), "X");
    EXPECT_EQ(met("port = 53", kFlow), "");
    EXPECT_EQ(met("protocol = 'tcp'", kFlow), "X");
    EXPECT_EQ(met("protocol = ['udp', 6]", kFlow), "X");
    EXPECT_EQ(met("protocol = ['udp', 'icmp', 'icmpv6', 'sctp']", kFlow), "");
}

TEST(LabelRules, ProtocolNumbersAreIanas) {
    for (const auto& [name, number] : {std::pair{"tcp", 6}, {"udp", 17}, {"icmp", 1}, {"icmpv6", 58}, {"sctp", 132}})
        EXPECT_EQ(met(std::string("protocol = '") + name + "'",
                      flow_of("::1", 0, "::2", 0, static_cast<std::uint8_t>(number))),
                  "X");
}

TEST(LabelRules, FromIsIncludedAndUntilIsNot) {
    const std::string window = "from = 2026-11-23T10:00:00.250Z\nuntil = 2026-11-23T11:05:00+01:00";
    const auto at = [&](std::string_view time) { return met(window, flow_of("::1", 1, "::2", 2, 6, time)); };
    EXPECT_EQ(at("2026-11-23 10:00:00.249999"), "");
    EXPECT_EQ(at("2026-11-23 10:00:00.250000"), "X");
    EXPECT_EQ(at("2026-11-23 10:04:59.999999"), "X");
    EXPECT_EQ(at("2026-11-23 10:05:00.000000"), "");
}

TEST(LabelRules, CaptureIsAGlobOnTheBaseName) {
    EXPECT_EQ(met("capture = 'train.pcap*'", kFlow, "/some/folder/train.pcap.zst"), "X");
    EXPECT_EQ(met("capture = 'train.pcap*'", kFlow, "folder/heldout.pcap"), "");
    EXPECT_EQ(met("capture = 'train*'", kFlow, "train/heldout.pcap"), "");
}

TEST(LabelRules, ALaterRuleWinsAndNoRuleIsNoLabel) {
    const auto rules = LabelRules::parse(R"(version = 1
[[rule]]
label = "BENIGN"
host = "10.0.0.0/8"
[[rule]]
label = "Scan"
source = "10.1.0.66"
[[rule]]
label = "BENIGN"
source = "10.1.0.66"
destination_port = 53
)",
                                         "rules.toml");
    ASSERT_TRUE(rules);
    EXPECT_THAT(rules->labels(), ElementsAre("BENIGN", "Scan"));
    EXPECT_FALSE(rules->needs_capture());
    EXPECT_EQ(rules->label_of("", flow_of("10.1.0.66", 1, "10.2.0.10", 80)), 1U);
    EXPECT_EQ(rules->label_of("", flow_of("10.1.0.66", 1, "10.2.0.10", 53)), 0U);
    EXPECT_EQ(rules->label_of("", flow_of("10.1.0.67", 1, "10.2.0.10", 53)), 0U);
    EXPECT_EQ(rules->label_of("", flow_of("192.168.0.1", 1, "192.168.0.2", 53)), std::nullopt);
}

std::string error_of(std::string_view toml) {
    const auto rules = LabelRules::parse(toml, "rules.toml");
    return rules ? "no error" : rules.error().message;
}

std::string rule_error(const std::string& condition) {
    return error_of("version = 1\n[[rule]]\nlabel = \"X\"\n" + condition + "\n");
}

TEST(LabelRules, ErrorsSayWhereAndWhatIsAccepted) {
    EXPECT_THAT(rule_error("sorce = '10.0.0.1'"),
                AllOf(StartsWith("rules.toml, line 4, column 1: "), HasSubstr("did you mean 'source'?")));
    EXPECT_THAT(rule_error("zzzzzzzz = 1"), HasSubstr("it has: label, note, capture"));
    EXPECT_THAT(rule_error("source = ['10.0.0.1', '10.0.0.256']"),
                AllOf(StartsWith("rules.toml, line 4, column 23: "), HasSubstr("`source` must be an address")));
    EXPECT_THAT(rule_error("from = 2026-11-23T10:00:00"), HasSubstr("a time with its offset"));
    EXPECT_THAT(rule_error("from = '2026-11-23T10:00:00Z'"), HasSubstr("a time with its offset"));
    EXPECT_THAT(rule_error("until = 2500-01-01T00:00:00Z"), HasSubstr("a time with its offset"));
    for (const char* bad : {"port = 65536", "port = -1", "port = 80.5", "port = '80'", "port = '90-80'", "port = []",
                            "port = '1-2-3'", "port = true"})
        EXPECT_THAT(rule_error(bad), HasSubstr("`port` must be a port number")) << bad;
    for (const char* bad : {"between = '10.0.0.1'", "between = ['10.0.0.1']", "between = ['::1', '::2', '::3']"})
        EXPECT_THAT(rule_error(bad), HasSubstr("a list of two")) << bad;
    for (const char* bad : {"protocol = 256", "protocol = 'TCP/IP'", "protocol = -1"})
        EXPECT_THAT(rule_error(bad), HasSubstr("`protocol` must be")) << bad;
    EXPECT_THAT(rule_error("capture = ''"), HasSubstr("`capture` must be a text"));
    EXPECT_THAT(rule_error("from = 2026-01-02T00:00:00Z\nuntil = 2026-01-02T00:00:00Z"), HasSubstr("not after"));
}

TEST(LabelRules, TheDocumentIsChecked) {
    EXPECT_THAT(error_of(""), HasSubstr("does not state its version"));
    EXPECT_THAT(error_of("version = 2"), HasSubstr("must be 1"));
    EXPECT_THAT(error_of("version = 1"), HasSubstr("has no rules"));
    EXPECT_THAT(error_of("version = 1\nrule = []"), HasSubstr("has no rules"));
    EXPECT_THAT(error_of("version = 1\nrule = [1]"), HasSubstr("must be a table"));
    EXPECT_THAT(error_of("version = 1\nrules = 1"), HasSubstr("no key 'rules'"));
    EXPECT_THAT(error_of("version = 1\n[[rule]]\nport = 1"), HasSubstr("no `label`"));
    EXPECT_THAT(error_of("version = 1\n[[rule]\n"), StartsWith("rules.toml, line 2, "));
    EXPECT_THAT(LabelRules::open("/nonexistent/rules.toml").error().message, HasSubstr("cannot read"));
}

TEST(LabelRules, HelpNamesEveryKey) {
    const std::string help = label_rules_help();
    for (const char* key : {"label", "note", "capture", "from", "until", "source", "destination", "between", "host",
                            "source_port", "destination_port", "port", "protocol"})
        EXPECT_THAT(help, HasSubstr(std::string("\n  ") + key + " ")) << key;
}

/// The definition, word for word; exponential.
bool matches_slowly(std::string_view glob, std::string_view text) {
    if (glob.empty()) return text.empty();
    if (glob[0] == '*')
        return matches_slowly(glob.substr(1), text) || (!text.empty() && matches_slowly(glob, text.substr(1)));
    return !text.empty() && (glob[0] == '?' || glob[0] == text[0]) && matches_slowly(glob.substr(1), text.substr(1));
}

TEST(Glob, EqualsItsDefinitionOnAllShortTexts) {
    const auto words = [](std::string_view letters, std::size_t most) {
        std::vector<std::string> all = {""};
        for (std::size_t i = 0; i < all.size() && all[i].size() < most; ++i)
            for (const char letter : letters) all.push_back(all[i] + letter);
        return all;
    };
    for (const std::string& glob : words("a*?b", 5))
        for (const std::string& text : words("ab", 5))
            ASSERT_EQ(glob_matches(glob, text), matches_slowly(glob, text)) << glob << " " << text;
}

}  // namespace
}  // namespace flowsift::dataset
