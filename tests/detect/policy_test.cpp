#include "detect/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "detect/policy_toml.h"

namespace flowsift::detect {
namespace {

using flow::FlowIdentity;
using testing::HasSubstr;

model::Model model_of_three() {
    model::Model model;
    model.classes = {"BENIGN", "DoS Hulk", "PortScan"};
    return model;
}

base::Result<Policy> parse(std::string_view toml) {
    const auto table = base::parse_toml(toml, "flowsift.toml");
    if (!table) return table.error();
    return parse_policy(table->get_as<toml::table>("alerts"), "flowsift.toml", model_of_three());
}

FlowIdentity flow_to(std::string_view source, std::string_view destination, std::uint16_t port,
                     base::Nanoseconds first = 0) {
    FlowIdentity flow;
    flow.source = base::parse_ip_address(source).value();
    flow.destination = base::parse_ip_address(destination).value();
    flow.destination_port = port;
    flow.first = first;
    return flow;
}

TEST(DefaultPolicy, TakesSeverityAndTechniqueFromTheTableOfClasses) {
    const Policy policy = default_policy(model_of_three(), 0.75F);
    ASSERT_EQ(policy.classes.size(), 3u);
    EXPECT_EQ(policy.classes[1].severity, Severity::kHigh);
    EXPECT_EQ(policy.classes[1].technique, "T1499");
    EXPECT_EQ(policy.classes[2].severity, Severity::kLow);
    EXPECT_EQ(policy.classes[2].technique, "T1046");
    EXPECT_EQ(policy.classes[2].threshold, 0.75F);
    EXPECT_FALSE(policy.classes[2].is_muted);
    EXPECT_FALSE(policy.allows(flow_to("10.0.0.1", "10.0.0.2", 80), 1));
}

TEST(ParsePolicy, WithoutATableTheDefaultsHold) {
    const auto policy = parse("version = 1\n");
    ASSERT_TRUE(policy);
    EXPECT_EQ(policy->classes[2].threshold, 0.5F);
    EXPECT_EQ(policy->alerts_per_hour, 60);
    EXPECT_EQ(policy->drift_period, 3'600 * base::kSecond);
    EXPECT_EQ(policy->quiet_time, 600 * base::kSecond);
}

TEST(ParsePolicy, ReadsAllKeys) {
    const auto policy = parse(R"(
[alerts]
threshold = 0.9
per_hour = 20
quiet_time = "5m"
drift_period = "20m"
unknown = true
unknown_severity = "medium"
[alerts.class.PortScan]
severity = "high"
threshold = 0.95
technique = "T1595"
[alerts.class."DoS Hulk"]
muted = true
[[alerts.allow]]
note = "our scanner"
class = ["PortScan", "Unknown"]
source = "10.0.0.5"
until = 2026-12-31
[[alerts.allow]]
destination_port = [80, 443]
destination = ["10.1.0.0/16", "2001:db8::/32"]
host = "10.1.2.3"
)");
    ASSERT_TRUE(policy) << policy.error().message;
    EXPECT_EQ(policy->classes[0].threshold, 0.9F);
    EXPECT_TRUE(policy->classes[1].is_muted);
    EXPECT_EQ(policy->classes[1].threshold, 0.9F);  // That of [alerts].
    EXPECT_EQ(policy->classes[2].threshold, 0.95F);
    EXPECT_EQ(policy->classes[2].severity, Severity::kHigh);
    EXPECT_EQ(policy->classes[2].technique, "T1595");
    EXPECT_EQ(policy->alerts_per_hour, 20);
    EXPECT_EQ(policy->quiet_time, 300 * base::kSecond);
    EXPECT_EQ(policy->drift_period, 1'200 * base::kSecond);
    EXPECT_TRUE(policy->alerts_on_unknown);
    EXPECT_EQ(policy->unknown_severity, Severity::kMedium);
    ASSERT_EQ(policy->allowances.size(), 2u);
    EXPECT_EQ(policy->allowances[0].note, "our scanner");
}

constexpr base::Nanoseconds kDay = 86'400 * base::kSecond;
// 2026-12-31T00:00Z is 20,818 days after 1970-01-01: 56 years of 365 days, 14 leap days (1972 to 2024), 364 days.
constexpr base::Nanoseconds kLastDay = (56 * 365 + 14 + 364) * kDay;

TEST(Policy, AllowsWhatMeetsAllThatAnAllowanceStates) {
    const auto policy = parse(R"(
[[alerts.allow]]
class = ["PortScan", "Unknown"]
source = "10.0.0.5"
until = 2026-12-31
[[alerts.allow]]
destination_port = [80, 443]
destination = ["10.1.0.0/16", "2001:db8::/32"]
[[alerts.allow]]
host = "10.9.0.0/24"
)");
    ASSERT_TRUE(policy) << policy.error().message;
    EXPECT_TRUE(policy->allows(flow_to("10.0.0.5", "10.7.0.1", 22), 2));
    EXPECT_TRUE(policy->allows(flow_to("10.0.0.5", "10.7.0.1", 22), 3));   // Unknown comes after the classes.
    EXPECT_FALSE(policy->allows(flow_to("10.0.0.5", "10.7.0.1", 22), 1));  // Another class.
    EXPECT_FALSE(policy->allows(flow_to("10.7.0.1", "10.0.0.5", 22), 2));  // Not the initiator.
    EXPECT_TRUE(policy->allows(flow_to("10.0.0.5", "10.7.0.1", 22, kLastDay - 1), 2));
    EXPECT_FALSE(policy->allows(flow_to("10.0.0.5", "10.7.0.1", 22, kLastDay), 2));
    EXPECT_TRUE(policy->allows(flow_to("10.7.0.1", "10.1.255.1", 443), 1));
    EXPECT_TRUE(policy->allows(flow_to("2001:db9::1", "2001:db8::1", 80), 1));
    EXPECT_FALSE(policy->allows(flow_to("10.7.0.1", "10.1.255.1", 444), 1));
    EXPECT_FALSE(policy->allows(flow_to("10.7.0.1", "10.2.0.1", 443), 1));
    EXPECT_TRUE(policy->allows(flow_to("10.9.0.1", "10.7.0.1", 1), 0));
    EXPECT_TRUE(policy->allows(flow_to("10.7.0.1", "10.9.0.255", 1), 0));
}

TEST(ParsePolicy, SaysWhereAndWhatIsWrong) {
    const struct {
        std::string_view toml, message;
    } kCases[] = {
        {"[alerts]\ntreshold = 0.5", "line 2, column 1: [alerts] has no key 'treshold'; did you mean 'threshold'?"},
        {"[alerts]\nthreshold = 1.5", "line 2, column 13: `threshold` must be a number from 0 to 1"},
        {"[alerts]\nthreshold = nan", "`threshold` must be"},
        {"[alerts]\nper_hour = -1", "`per_hour` must be"},
        {"[alerts]\nquiet_time = 10", "`quiet_time` must be a duration"},
        {"[alerts]\nunknown = 1", "`unknown` must be true or false"},
        {"[alerts]\nunknown_severity = \"severe\"", "\"high\", \"medium\" or \"low\""},
        {"[alerts.class.PortSacn]\nmuted = true", "line 1, column 15: the model has no class 'PortSacn'"},
        {"[alerts.class.PortScan]\nmute = true", "a class has no key 'mute'; did you mean 'muted'?"},
        {"[alerts]\nclass = 1", "`class` must be a table"},
        {"[alerts.class]\nPortScan = 1", "a class must be a table"},
        {"[alerts]\nallow = 1", "`allow` must be"},
        {"[alerts]\nallow = [1]", "`allow` must be tables"},
        {"[[alerts.allow]]\nnote = \"x\"", "would allow everything"},
        {"[[alerts.allow]]\nsource = \"10.0.0\"", "`source` must be an address"},
        {"[[alerts.allow]]\nsource = []", "`source` must be an address"},
        {"[[alerts.allow]]\ndestination_port = 65536", "`destination_port` must be"},
        {"[[alerts.allow]]\nclass = \"Nothing\"", "the model has no class 'Nothing'"},
        {"[[alerts.allow]]\nhost = \"::1\"\nuntil = \"soon\"", "a date such as 2026-12-31"},
    };
    for (const auto& [toml, message] : kCases) {
        const auto policy = parse(toml);
        ASSERT_FALSE(policy) << toml;
        EXPECT_THAT(policy.error().message, HasSubstr(message)) << toml;
        EXPECT_EQ(policy.error().kind, base::ErrorKind::kConfiguration);
    }
}

TEST(PolicyHelp, NamesEveryKey) {
    for (const char* key : {"threshold", "per_hour", "quiet_time", "drift_period", "unknown", "severity", "technique",
                            "muted", "destination_port", "until"})
        EXPECT_THAT(policy_help(), HasSubstr(key));
}

}  // namespace
}  // namespace flowsift::detect
