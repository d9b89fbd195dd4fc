#include "output/run_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace flowsift::output {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr base::Style kPlain{false, false};

RunSummary closed() {
    return {.totals = {.packets_received = 1'000'000,
                       .packets_dropped = 7,
                       .packets_in_flows = 999'000,
                       .packets_other = 1'000,
                       .wire_bytes = 640'000'000,
                       .flows_started = 500,
                       .flows_ended = 450,
                       .flows_live = 50,
                       .alerts = 12},
            .other_packets = {{"arp", 900}, {"malformed_ipv4", 0}, {"late", 100}},
            .end_reasons = {{"idle", 400}, {"fin", 50}},
            .classes = {{"BENIGN", 430, 0}, {"PortScan", 20, 12}},
            .notes = {{"clamped timestamps", 3}}};
}

TEST(RunSummary, PrintsEveryCounterAligned) {
    EXPECT_EQ(render_run_summary(closed(), kPlain),
              "Packets\n"
              "  received                           1,000,000\n"
              "  in flows                             999,000\n"
              "  other                                  1,000\n"
              "    arp                                    900\n"
              "    late                                   100\n"
              "  dropped before us                          7\n"
              "  bytes on the wire                640,000,000\n"
              "  clamped timestamps                         3\n"
              "Flows\n"
              "  started                                  500\n"
              "  ended                                    450\n"
              "    idle                                   400\n"
              "    fin                                     50\n"
              "  live                                      50\n"
              "Classes                                  flows          alerts\n"
              "  BENIGN                                   430               0\n"
              "  PortScan                                  20              12\n"
              "All sums close: every packet and every flow is accounted for.\n");
}

TEST(RunSummary, SaysWhichSumDoesNotClose) {
    const auto text_of = [](auto change) {
        RunSummary summary = closed();
        change(summary);
        return render_run_summary(summary, kPlain);
    };
    EXPECT_THAT(text_of([](RunSummary& s) { s.totals.packets_received += 5; }),
                HasSubstr("DOES NOT CLOSE: packets received = in flows + other: 1,000,005 is not 1,000,000\n"));
    EXPECT_THAT(text_of([](RunSummary& s) { s.other_packets.pop_back(); }),
                HasSubstr("DOES NOT CLOSE: other packets = sum of their reasons: 1,000 is not 900\n"));
    EXPECT_THAT(text_of([](RunSummary& s) { s.totals.flows_live = 49; }),
                HasSubstr("DOES NOT CLOSE: flows started = ended + live: 500 is not 499\n"));
    EXPECT_THAT(text_of([](RunSummary& s) { s.end_reasons[0].count = 1; }),
                HasSubstr("DOES NOT CLOSE: flows ended = sum of the end reasons: 450 is not 51\n"));
    EXPECT_THAT(text_of([](RunSummary& s) { s.classes[0].flows = 1; }),
                HasSubstr("DOES NOT CLOSE: flows ended = flows judged: 450 is not 21\n"));
    EXPECT_THAT(text_of([](RunSummary& s) { s.classes[0].alerts = 1; }),
                HasSubstr("DOES NOT CLOSE: alerts = sum over the classes: 12 is not 13\n"));
    EXPECT_THAT(text_of([](RunSummary& s) { s.totals.flows_live = 49; }), Not(HasSubstr("All sums close")));
}

TEST(RunSummary, WithoutAModelThereAreNoClasses) {
    RunSummary summary = closed();
    summary.classes.clear();
    summary.totals.alerts = 0;
    const std::string text = render_run_summary(summary, kPlain);
    EXPECT_THAT(text, Not(HasSubstr("Classes")));
    EXPECT_THAT(text, HasSubstr("All sums close"));
}

}  // namespace
}  // namespace flowsift::output
