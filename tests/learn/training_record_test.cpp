#include "learn/training_record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "learn/kept_table.h"
#include "tests/learn/small_tables.h"

namespace flowsift::learn {
namespace {

/// What a model keeps of `options`, read back, must be what it keeps.
void expect_kept(const TrainingOptions& options) {
    model::Model model;
    model.provenance.options = record_of(options);
    model.schedule = options.schedule;
    model.stages.resize(options.depths.size() + 1);
    for (std::size_t i = 0; i < options.depths.size(); ++i) model.stages[i].packets = options.depths[i];
    const auto read = options_of(model);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(record_of(*read), record_of(options));
    EXPECT_EQ(read->depths, options.depths);
    EXPECT_EQ(features::to_string(read->schedule), features::to_string(options.schedule));
}

TEST(TrainingRecord, OptionsComeBackAsTheyWere) {
    TrainingOptions options;
    expect_kept(options);
    options.split = *find_split("host");
    options.test_share = 0.1;
    options.seed = 77;
    options.drops_shared = false;
    options.reliability_share = 1.0 / 3;
    options.kept_rows = 123;
    options.depths = {8, 64};
    options.schedule = features::parse_checkpoints("8,64,1s*2").value();
    ForestOptions& forest = options.learner.forest;
    forest.trees = 7;
    forest.draws_per_row = 0.1;
    forest.min_samples_leaf = 5;
    forest.features_per_split = 3;
    forest.max_depth = 0;
    forest.class_weights = ClassWeights::kBalancedSubsample;
    expect_kept(options);
}

TEST(TrainingRecord, BoostingAndBalancingComeBack) {
    TrainingOptions options;
    options.split = *find_split("none");
    LearnerOptions& learner = options.learner;
    learner.algorithm = *find_algorithm("xgboost");
    learner.boosting = {.rounds = 33, .learning_rate = 0.07, .max_depth = 4, .min_child_weight = 2.5, .l2 = 1e-3};
    learner.boosting.row_share = 0.7;
    learner.boosting.feature_share = 0.6;
    learner.boosting.class_weights = ClassWeights::kBalanced;
    learner.scales = true;
    learner.smote.emplace();
    expect_kept(options);
    learner.smote->variant = dataset::SmoteVariant::kBorderline;
    learner.smote->cap = 20'000;
    learner.smote->neighbours = 3;
    expect_kept(options);
}

TEST(TrainingRecord, WhatIsMissingIsSaid) {
    model::Model model;
    EXPECT_FALSE(options_of(model).ok());
    for (std::size_t i = 0; i < record_of({}).size(); ++i) {
        model.provenance.options = record_of({});
        const std::string name = model.provenance.options[i].first;
        model.provenance.options.erase(model.provenance.options.begin() + static_cast<std::ptrdiff_t>(i));
        // Stages are told by the model itself, and what is not said of these two is "no".
        if (name == "stages" || name == "scaled" || name == "drops_shared") continue;
        EXPECT_FALSE(options_of(model).ok()) << name;
    }
}

dataset::Table staged_table() {
    dataset::Table table = random_table(3'000, 3, 2, 1);
    for (std::size_t row = 0; row < table.rows(); ++row) {
        table.depths.push_back(row % 3 == 0 ? 0 : row % 3 == 1 ? 8 : 64);
        table.five_tuples[row] = 1 + row / 6;  // Flows of six rows.
        table.hosts.push_back(row % 5);
        table.times[row] = static_cast<base::Nanoseconds>(row);
    }
    table.schema.features = {0, 1, 2};
    table.source_names = {"a.pcap"};
    return table;
}

TEST(KeptTable, AsManyRowsOfEachClassAndStageAsAsked) {
    const dataset::Table table = staged_table();
    const std::vector<std::uint32_t> kept = rows_to_keep(table, {8, 64}, 100, 1);
    EXPECT_EQ(kept.size(), 2 * 3 * 100U);
    std::map<std::pair<dataset::ClassIndex, std::uint64_t>, int> counts;
    for (const std::uint32_t row : kept) ++counts[{table.labels[row], table.depth(row)}];
    for (const auto& [kind, count] : counts) EXPECT_EQ(count, 100);
    EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end()));
    EXPECT_EQ(kept, rows_to_keep(table, {8, 64}, 100, 1));
    EXPECT_NE(kept, rows_to_keep(table, {8, 64}, 100, 2));
    EXPECT_EQ(rows_to_keep(table, {8, 64}, 10'000, 1).size(), 3'000U);
    EXPECT_EQ(rows_to_keep(table, {64}, 10'000, 1).size(), 2'000U);  // No stage is for rows of 8 packets.
    EXPECT_TRUE(rows_to_keep(table, {8, 64}, 0, 1).empty());
}

// Of 500 flows of six rows, a fifth of the rows is kept: were rows drawn one by one, hardly a flow would be whole.
TEST(KeptTable, RowsOfOneFlowStayTogether) {
    dataset::Table table = staged_table();
    table.labels.assign(table.rows(), 0);
    std::map<std::uint64_t, int> rows_of_flow;
    for (const std::uint32_t row : rows_to_keep(table, {8, 64}, 200, 1)) ++rows_of_flow[table.five_tuples[row]];
    EXPECT_EQ(rows_of_flow.size(), 100U);
    for (const auto& [flow, rows] : rows_of_flow) EXPECT_EQ(rows, 6);
}

TEST(KeptTable, AModelGivesTheRowsBackThatItLearntFrom) {
    const dataset::Table table = staged_table();
    TrainingOptions options{.split = *find_split("none")};
    options.learner.forest.trees = 2;
    options.depths = {8, 64};
    options.kept_rows = 100'000;
    const auto trained = train_model(table, options, {});
    ASSERT_TRUE(trained.ok()) << trained.error().message;
    const auto kept = kept_table(trained->model);
    ASSERT_TRUE(kept.ok()) << kept.error().message;
    EXPECT_EQ(kept->columns, table.columns);
    EXPECT_EQ(kept->labels, table.labels);
    EXPECT_EQ(kept->classes, table.classes);
    EXPECT_EQ(kept->depths, table.depths);
    EXPECT_EQ(kept->five_tuples, table.five_tuples);
    EXPECT_EQ(kept->hosts, table.hosts);
    EXPECT_EQ(kept->times, table.times);
    EXPECT_EQ(kept->source_names, table.source_names);
    options.kept_rows = 0;
    const auto without = kept_table(train_model(table, options, {})->model);
    ASSERT_FALSE(without.ok());
    EXPECT_NE(without.error().message.find("train it again"), std::string::npos);
}

}  // namespace
}  // namespace flowsift::learn
