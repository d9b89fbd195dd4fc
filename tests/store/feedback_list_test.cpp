#include "store/feedback_list.h"

#include <gmock/gmock.h>

#include "store/open_store.h"
#include "store/triage.h"
#include "tests/store/temporary_store.h"

namespace flowsift::store {
namespace {

class FeedbackList : public StoreTest {
  protected:
    void tell(Writer& writer, std::uint64_t number, const std::vector<double>& values, std::uint64_t depth) {
        const flow::FlowIdentity flow = some_flow(1);
        writer.add_alert({.number = number,
                          .flow = flow,
                          .verdict = {1, 0.75f, {}},
                          .label = "Bot",
                          .values = values,
                          .depth = depth});
    }

    std::vector<JudgedAlert> listed() {
        auto store = open_store(path());
        EXPECT_TRUE(store.ok());
        const auto list = list_feedback(*store);
        EXPECT_TRUE(list.ok()) << (list.ok() ? "" : list.error().message);
        return list.ok() ? *list : std::vector<JudgedAlert>();
    }

    void say(std::uint64_t alert, bool is_right, const std::string& label) {
        auto store = open_store(path());
        const std::uint64_t alerts[] = {alert};
        const Triage word{.action = TriageAction::kFeedback, .user = "kim", .is_right = is_right, .label = label};
        ASSERT_TRUE(triage(*store, alerts, word).ok());
    }
};

TEST_F(FeedbackList, GivesTheLatestWordWithTheRowOfTheAlert) {
    const RowKind kind{"default", 1, {"Flow Duration", "Total Fwd Packet"}};
    {
        auto writer = Writer::open(path(), classes_, {}, {.alerts = kind});
        ASSERT_TRUE(writer.ok());
        tell(**writer, 1, {1.5, 3}, 0);
        tell(**writer, 2, {2.5, 4}, 8);
        tell(**writer, 3, {3.5, 5}, 0);
        ASSERT_TRUE((*writer)->finish().ok());
    }
    say(2, true, "");
    say(1, true, "");
    say(1, false, "BENIGN");
    const std::vector<JudgedAlert> list = listed();
    ASSERT_EQ(list.size(), 2U);  // Nobody said anything of 3.
    EXPECT_EQ(list[0].alert, 1U);
    EXPECT_FALSE(list[0].is_right);
    EXPECT_EQ(list[0].label, "BENIGN");
    EXPECT_EQ(list[0].alert_label, "Bot");
    EXPECT_THAT(list[0].values, testing::ElementsAre(1.5F, 3.0F));
    EXPECT_EQ(list[0].flow.source, some_flow(1).source);
    EXPECT_EQ(list[0].flow.destination_port, 443);
    EXPECT_EQ(list[1].depth, 8U);
    EXPECT_EQ(list[1].label, "");
    EXPECT_EQ(parse_row_kind(list[1].kind), kind);
}

TEST_F(FeedbackList, AnAlertWithoutARowIsListedWithoutValues) {
    {
        auto writer = open_writer();  // No kind: rows are not kept.
        tell(*writer, 1, {1.5, 3}, 0);
        ASSERT_TRUE(writer->finish().ok());
    }
    say(1, false, "");
    const std::vector<JudgedAlert> list = listed();
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0].kind, "");
    EXPECT_TRUE(list[0].values.empty());
}

}  // namespace
}  // namespace flowsift::store
