#include "learn/training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "model/model_file.h"
#include "tests/learn/small_tables.h"

namespace flowsift::learn {
namespace {

using testing::HasSubstr;

/// Whole flows are of the class that feature 0 tells; after 8 packets feature 0 says the opposite.
dataset::Table staged_table() {
    dataset::Table table = table_of({{}}, {}, 2);
    table.schema.features = {*features::find_feature("Flow Duration")};
    for (std::uint32_t row = 0; row < 400; ++row) {
        const dataset::ClassIndex label = row % 2;
        const bool is_live = row % 4 < 2;
        table.columns[0].push_back(is_live ? 1.0F - label : label);
        table.labels.push_back(label);
        table.depths.push_back(is_live ? 8 : 0);
        table.five_tuples.push_back(1 + row);
        table.times.push_back(1 + row);
        table.sources.push_back(0);
    }
    return table;
}

TrainingOptions options_for(std::vector<std::uint64_t> depths) {
    TrainingOptions options{.split = *find_split("stratified")};
    options.learner.forest.trees = 3;
    options.depths = std::move(depths);
    return options;
}

std::size_t class_said(const model::Stage& stage, float value) {
    std::vector<float> probabilities(2);
    stage.forest.predict(std::vector<float>{value}, probabilities);
    return model::most_probable(probabilities);
}

TEST(Training, EveryStageLearnsFromRowsOfItsDepthAlone) {
    const auto training = train_model(staged_table(), options_for({8}), {});
    ASSERT_TRUE(training.ok()) << training.error().message;
    ASSERT_EQ(training->model.stages.size(), 2U);
    EXPECT_EQ(training->model.stages[0].packets, 8U);
    EXPECT_EQ(class_said(training->model.stages[0], 0), 1U);
    EXPECT_EQ(class_said(training->model.end_stage(), 0), 0U);
    for (const StageTraining& stage : training->stages) {
        EXPECT_EQ(stage.rows_trained, 150U);
        EXPECT_EQ(stage.rows_held_out, 50U);
        EXPECT_EQ(stage.judgement->forest.accuracy, 1);
    }
    EXPECT_TRUE(training->model.check_stages().ok());
}

// Rows of 8 to 11 packets are one stage's, of 12 and more the next one's.
TEST(Training, AStageLearnsFromRowsUpToTheNextOne) {
    dataset::Table table = staged_table();
    for (std::size_t row = 0; row < table.rows(); ++row)
        if (table.depths[row] == 8) table.depths[row] = 8 + row % 10;
    const auto training = train_model(table, options_for({8, 12}), {});
    ASSERT_TRUE(training.ok()) << training.error().message;
    std::array<std::size_t, 2> rows{};
    for (const std::uint64_t depth : table.depths)
        if (depth > 0) ++rows[depth < 12 ? 0 : 1];
    for (std::size_t stage = 0; stage < 2; ++stage)
        EXPECT_EQ(training->stages[stage].rows_trained + training->stages[stage].rows_held_out, rows[stage]);
}

TEST(Training, LearnsHowFarItsForestsAreToBeBelieved) {
    TrainingOptions options = options_for({8});
    auto training = train_model(staged_table(), options, {});
    ASSERT_TRUE(training.ok());
    for (const model::Stage& stage : training->model.stages) {
        EXPECT_EQ(stage.calibration.curves.size(), 2U);
        EXPECT_EQ(stage.conformal.by_class[0].size() + stage.conformal.by_class[1].size(), 30U);
        EXPECT_FALSE(stage.pairs.bits.empty());
        EXPECT_EQ(model::unseen_pairs(stage.forest, stage.pairs, std::vector<float>{1}), 0U);
    }
    EXPECT_TRUE(model::format_model(training->model).ok());
    options.reliability_share = 0;
    training = train_model(staged_table(), options, {});
    ASSERT_TRUE(training.ok());
    EXPECT_TRUE(training->model.end_stage().calibration.curves.empty());
    EXPECT_TRUE(training->model.end_stage().pairs.bits.empty());
}

// 600 rows of noise: boosting stops early on those left out, and the model has as many rounds.
TEST(Training, BoostsForAsManyRoundsAsHeldOutRowsGain) {
    TrainingOptions options = options_for({});
    options.learner.algorithm = *find_algorithm("xgboost");
    options.learner.boosting.rounds = 80;
    dataset::Table table = random_table(600, 3, 3, 1);
    table.five_tuples.assign(600, 0);
    table.times.assign(600, 0);
    table.sources.assign(600, 0);
    table.schema.features = {*features::find_feature("Flow Duration"), *features::find_feature("Total Fwd Packet"),
                             *features::find_feature("FIN Flag Count")};
    const auto training = train_model(table, options, {});
    ASSERT_TRUE(training.ok()) << training.error().message;
    const model::Forest& forest = training->model.end_stage().forest;
    EXPECT_LT(forest.trees.size(), 3U * 60);
    const auto& kept = training->model.provenance.options;
    const auto rounds =
        std::find_if(kept.begin(), kept.end(), [](const auto& option) { return option.first == "rounds"; });
    ASSERT_NE(rounds, kept.end());
    EXPECT_EQ(rounds->second, std::to_string(forest.trees.size() / 3));
    EXPECT_TRUE(model::format_model(training->model).ok());
}

TEST(Training, WithoutStagesOnlyWholeFlowsAreLearntFrom) {
    const auto training = train_model(staged_table(), options_for({}), {});
    ASSERT_TRUE(training.ok());
    EXPECT_EQ(training->model.stages.size(), 1U);
    EXPECT_EQ(training->whole_flows().rows_trained, 150U);
}

TEST(Training, SaysWhichDepthHasNoRows) {
    const auto training = train_model(staged_table(), options_for({8, 64}), {});
    ASSERT_FALSE(training.ok());
    EXPECT_THAT(training.error().message, HasSubstr("no flow of the data has 64 packets"));
}

TEST(Training, ProgressGoesOverAllStages) {
    std::uint64_t most = 0, total = 0;
    const base::Progress progress{[&](std::uint64_t done, std::uint64_t of) {
        most = std::max(most, done);
        total = of;
        return true;
    }};
    ASSERT_TRUE(train_model(staged_table(), options_for({8}), progress).ok());
    EXPECT_EQ(most, 12U);  // Two stages of two forests of three trees.
    EXPECT_EQ(total, 12U);
}

}  // namespace
}  // namespace flowsift::learn
