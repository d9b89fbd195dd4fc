#include "output/sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <set>

#include "tests/output/flows_for_tests.h"

namespace flowsift::output {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Every row of the table makes a sink that takes a flow, an alert and statistics, and writes something.
TEST(Sinks, EveryKindWorksByItsName) {
    const std::vector<std::string> classes = {"BENIGN", "Bot"};
    const features::Schema& schema = features::cic_schema();
    const std::vector<double> values(schema.size(), 1);
    const std::vector<float> probabilities = {0.1f, 0.9f};
    const flow::FlowIdentity flow = tcp_flow("10.0.0.1", 1, "10.0.0.2", 2);
    const detect::Verdict verdict{1, 0.9f, probabilities};
    std::set<std::string_view> names;
    for (const SinkKind& kind : sink_kinds()) {
        const TemporaryFile file("sink");
        EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
        EXPECT_THAT(std::string(kind.help), Not(IsEmpty()));
        if (kind.is_remote) continue;  // remote_sinks_test.cpp
        auto sink = make_sink(
            kind.name,
            {.path = file.path(), .capture = "a.pcap", .schema = schema, .profile = "default", .classes = classes});
        ASSERT_TRUE(sink.ok());
        (*sink)->on_flow({flow, values}, &verdict);
        (*sink)->on_alert({.flow = flow, .verdict = verdict, .label = "Bot"});
        (*sink)->on_statistics({});
        (*sink)->flush();
        EXPECT_THAT(file.content(), Not(IsEmpty())) << kind.name;
        EXPECT_TRUE((*sink)->finish().ok());
    }
}

TEST(Sinks, AnUnknownNameIsToldWhatExists) {
    const auto sink = make_sink("cvs", {.path = "-", .schema = features::cic_schema()});
    ASSERT_FALSE(sink.ok());
    EXPECT_EQ(sink.error().kind, base::ErrorKind::kUsage);
    EXPECT_EQ(sink.error().message,
              "there is no output named \"cvs\"; choose one of: csv, eve, terminal, predictions, syslog, webhook");
}

TEST(Sinks, AFileThatCannotBeCreatedIsAnErrorOfEveryKind) {
    for (const SinkKind& kind : sink_kinds()) {
        if (kind.is_remote) continue;
        const auto sink = make_sink(kind.name, {.path = "/nonexistent/x", .schema = features::cic_schema()});
        ASSERT_FALSE(sink.ok());
        EXPECT_THAT(sink.error().message, HasSubstr("/nonexistent/x"));
    }
}

TEST(Sinks, AFileIsNoAddressOfAPeer) {
    for (const SinkKind& kind : sink_kinds()) {
        if (!kind.is_remote) continue;
        const auto sink = make_sink(kind.name, {.path = "/nonexistent/x", .schema = features::cic_schema()});
        ASSERT_FALSE(sink.ok());
        EXPECT_EQ(sink.error().kind, base::ErrorKind::kUsage);
        EXPECT_THAT(sink.error().message, HasSubstr(std::string(kind.name) + ": the address must begin with "));
    }
}

}  // namespace
}  // namespace flowsift::output
