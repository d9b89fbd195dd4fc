#include "model/xgboost_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/model/trained_xgboost.h"

namespace flowsift::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const TrainedXgboost::Options kBinary = {{"objective", "binary:logistic"}, {"base_score", "0.3"}, {"max_depth", "5"}};
const TrainedXgboost::Options kFourClasses = {
    {"objective", "multi:softprob"}, {"num_class", "4"}, {"max_depth", "6"}, {"tree_method", "hist"}};

base::Bytes bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string fault_of(std::string_view text) {
    const auto model = parse_xgboost(bytes(text), "m.json");
    return model ? "" : model.error().message;
}

/// Every threshold of the forest and the floats next to it, one feature at a time, others from random rows.
RandomRows rows_at_thresholds(const Forest& forest, std::uint64_t seed) {
    RandomRows rows = random_rows(2000, forest.feature_count, 2, seed);
    base::Random random(seed);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const Tree& tree = forest.trees[random.below(static_cast<std::uint32_t>(forest.trees.size()))];
        const Node& node = tree.nodes[random.below(static_cast<std::uint32_t>(tree.nodes.size()))];
        if (node.is_leaf) continue;
        float value = node.threshold;
        for (std::uint32_t up = random.below(3); up > 0; --up)
            value = std::nextafter(value, std::numeric_limits<float>::infinity());
        rows.values[i * rows.features + node.feature] = value;
    }
    return rows;
}

void expect_same_as_libxgboost(const TrainedXgboost& trained, const Forest& forest, const RandomRows& rows) {
    const std::vector<float> theirs = trained.predict(rows, 0);
    const std::vector<float> their_margins = trained.predict(rows, 1);
    std::vector<float> ours(forest.class_count);
    std::vector<float> margins(forest.group_count());
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        forest.predict_margins(rows.row(i), margins);
        for (std::size_t g = 0; g < margins.size(); ++g)
            ASSERT_EQ(margins[g], their_margins[i * margins.size() + g]) << "row " << i;
        forest.predict(rows.row(i), ours);
        const std::size_t first = forest.combination == Combination::kLogistic ? 1 : 0;
        for (std::size_t c = first; c < forest.class_count; ++c)
            ASSERT_NEAR(ours[c], theirs[i * margins.size() + c - first], 1e-6) << "row " << i << " class " << c;
    }
}

void train_and_compare(const TrainedXgboost::Options& options, std::uint32_t classes) {
    const RandomRows data = random_rows(3000, 7, classes, 1);
    const TrainedXgboost trained(data, options, 20);
    const auto json = parse_xgboost(trained.saved("json"), "m.json");
    ASSERT_TRUE(json) << json.error().message;
    const auto ubjson = parse_xgboost(trained.saved("ubj"), "m.ubj");
    ASSERT_TRUE(ubjson) << ubjson.error().message;
    for (const auto& model : {&*json, &*ubjson}) {
        expect_same_as_libxgboost(trained, model->forest, data);
        expect_same_as_libxgboost(trained, model->forest, rows_at_thresholds(model->forest, 2));
    }
}

TEST(XgboostImport, BinaryModelsHaveTheSameMargins) {
    train_and_compare(kBinary, 2);
}

TEST(XgboostImport, ManyClassesHaveTheSameMargins) {
    train_and_compare(kFourClasses, 4);
}

/// One tree, asked by hand: root 0 asks feature 1 for < 2 and has the children 2 (left, a leaf of -1) and 1 (right);
/// 1 asks feature 0 for < 0 and has the leaves 4 (of 3) and 3 (of 5).
constexpr std::string_view kByHand = R"({"learner": {"feature_names": ["port", "bytes"],
  "gradient_booster": {"name": "gbtree", "model": {"tree_info": [0], "trees": [{
    "left_children": [2, 4, -1, -1, -1], "right_children": [1, 3, -1, -1, -1], "split_indices": [1, 0, 0, 0, 0],
    "split_conditions": [2, 0, -1, 5, 3], "sum_hessian": [10, 6, 4, 1, 5], "split_type": [0, 0, 0, 0, 0],
    "tree_param": {"size_leaf_vector": "0"}}]}},
  "learner_model_param": {"base_score": "8E-1", "num_class": "0", "num_feature": "2"},
  "objective": {"name": "binary:logistic"}}})";

std::string changed(std::string_view from, std::string_view to) {
    std::string text(kByHand);
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

// base_score 0.8 is the margin ln(0.8 / 0.2) = ln 4 = 1.386294. Row (-1, 2) is not < 2, goes right, then < 0: leaf 3.
TEST(XgboostImport, NumbersTheNodesBreadthFirst) {
    const auto model = parse_xgboost(bytes(kByHand), "m.json");
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_THAT(model->feature_names, ElementsAre("port", "bytes"));
    const Forest& forest = model->forest;
    EXPECT_THAT(forest.base_margins, ElementsAre(testing::FloatNear(1.386294F, 1e-6F)));
    EXPECT_THAT(forest.trees[0].values, ElementsAre(-1, 3, 5));
    std::vector<float> covers;
    for (const Node& node : forest.trees[0].nodes) covers.push_back(node.cover);
    EXPECT_THAT(covers, ElementsAre(10, 4, 6, 5, 1));
    EXPECT_EQ(*forest.leaf_of(0, std::vector<float>{-1, std::nextafter(2.0F, 0.0F)}), -1);
    EXPECT_EQ(*forest.leaf_of(0, std::vector<float>{-1, 2}), 3);
    EXPECT_EQ(*forest.leaf_of(0, std::vector<float>{0, 2}), 5);
}

TEST(XgboostImport, RefusesWhatItCannotFollow) {
    EXPECT_THAT(fault_of(changed("\"gbtree\"", "\"dart\"")),
                HasSubstr("m.json: this XGBoost model cannot be used: its booster is \"dart\""));
    EXPECT_THAT(fault_of(changed("\"gbtree\"", "\"gblinear\"")), HasSubstr("only gbtree is read"));
    EXPECT_THAT(fault_of(changed("binary:logistic", "reg:squarederror")), HasSubstr("its objective is \"reg:sq"));
    EXPECT_THAT(fault_of(changed("\"split_type\": [0", "\"split_type\": [1")),
                HasSubstr("tree 0: it splits by category"));
    EXPECT_THAT(fault_of(changed("\"tree_info\": [0]", "\"tree_info\": [1]")), HasSubstr("num_parallel_tree=1"));
    EXPECT_THAT(fault_of(changed("\"size_leaf_vector\": \"0\"", "\"size_leaf_vector\": \"3\"")), HasSubstr("vectors"));
    EXPECT_THAT(fault_of(changed("\"port\", ", "")), HasSubstr("it names 1 of 2 features"));
    EXPECT_THAT(fault_of(changed("8E-1", "1")), HasSubstr("is no probability"));
    EXPECT_THAT(fault_of(changed("\"num_feature\": \"2\"", "\"num_feature\": \"9999\"")),
                HasSubstr("num_feature is no count of at most 4096"));
    EXPECT_THAT(fault_of(changed("\"base_score\": \"8E-1\", ", "")),
                HasSubstr("no learner.learner_model_param.base_score"));
}

TEST(XgboostImport, RefusesTreesThatAreNone) {
    EXPECT_THAT(fault_of(changed("[2, 4, -1", "[2, 0, -1")),
                HasSubstr("tree 0: node 1: child 0 does not exist or has"));
    EXPECT_THAT(fault_of(changed("[2, 4, -1", "[2, 5, -1")), HasSubstr("child 5 does not exist"));
    EXPECT_THAT(fault_of(changed("[2, 4, -1", "[2, 2, -1")), HasSubstr("child 2 does not exist or has another"));
    EXPECT_THAT(fault_of(changed("[1, 0, 0, 0, 0]", "[2, 0, 0, 0, 0]")), HasSubstr("node 0: feature 2"));
    EXPECT_THAT(fault_of(changed("[10, 6, 4, 1, 5]", "[10, 6, 4, 1]")),
                HasSubstr("5 left_children, but 4 sum_hessian"));
    EXPECT_THAT(fault_of(changed("\"trees\": [{", "\"trees\": [], \"no\": [{")), HasSubstr("it has 0 trees"));
}

TEST(XgboostImport, RefusesWhatIsNeitherFormat) {
    EXPECT_THAT(fault_of("binf..."), HasSubstr("neither JSON nor UBJSON"));
    EXPECT_THAT(fault_of(""), HasSubstr("neither JSON nor UBJSON"));
    EXPECT_THAT(fault_of("{\"learner\": "), HasSubstr("not JSON that can be read"));
    EXPECT_THAT(fault_of("{}"), HasSubstr("it has no learner"));
    EXPECT_THAT(fault_of(std::string(100'000, '[').insert(0, 1, ' ')), HasSubstr("not JSON that can be read"));
}

/// Every prefix of a real file ends in an Error, whatever it cuts.
TEST(XgboostImport, RefusesEveryPrefixOfUbjson) {
    const RandomRows data = random_rows(200, 3, 2, 5);
    const auto file = TrainedXgboost(data, kBinary, 1).saved("ubj");
    for (std::size_t size = 0; size < file.size(); ++size)
        ASSERT_FALSE(parse_xgboost(base::Bytes(file).first(size), "m.ubj")) << size;
    EXPECT_TRUE(parse_xgboost(file, "m.ubj"));
}

}  // namespace
}  // namespace flowsift::model
