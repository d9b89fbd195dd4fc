#include "detect/class_info.h"

#include <gtest/gtest.h>

namespace flowsift::detect {
namespace {

TEST(ClassInfo, KnowsTheSpellingsOfTheWorld) {
    for (const char* label : {"DoS Hulk", "DDoS", "DoS slowloris", "SYN flood", "syn_flood", "UDP amplification", "Bot",
                              "Botnet", "Heartbleed", "Infiltration - Portscan", "Web Attack – XSS",
                              "Web Attack \x96 Sql Injection", "SQL Injection", "DNS tunnel"})
        EXPECT_EQ(class_info(label).severity, Severity::kHigh) << label;
    for (const char* label :
         {"FTP-Patator", "SSH brute force", "brute_force", "Slow HTTP headers", "password guessing"})
        EXPECT_EQ(class_info(label).severity, Severity::kMedium) << label;
    for (const char* label : {"PortScan", "Portscan", "port scan", "UDP-Scan"})
        EXPECT_EQ(class_info(label).severity, Severity::kLow) << label;
}

TEST(ClassInfo, AnUnknownClassIsOfMediumSeverity) {
    for (const char* label : {"Something new", "", "日本"}) {
        EXPECT_EQ(class_info(label).severity, Severity::kMedium);
        EXPECT_EQ(class_info(label).category, "Misc Attack");
    }
}

// printf 'PortScan' | sha256sum begins with 5ad4b0a3; of nothing, with e3b0c442. See class_info.h.
TEST(SignatureId, IsTheOneThatIsDocumented) {
    EXPECT_EQ(signature_id("PortScan"), 9'000'000 + 0x5ad4b0a3 % 1'000'000);
    EXPECT_EQ(signature_id(""), 9'000'000 + 0xe3b0c442 % 1'000'000);
    EXPECT_EQ(class_info("PortScan").signature_id, signature_id("PortScan"));
    EXPECT_NE(signature_id("PortScan"), signature_id("Portscan"));
}

}  // namespace
}  // namespace flowsift::detect
