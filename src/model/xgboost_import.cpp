#include "model/xgboost_import.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "model/document.h"
#include "model/file_io.h"
#include "model/forest_check.h"

namespace flowsift::model {
namespace {

using base::Error;
using base::Result;

constexpr std::uint64_t kMaxFileBytes = std::uint64_t{512} << 20;
constexpr std::size_t kMaxNodes = std::size_t{1} << 24;  ///< Of one tree; so that its indexes are exact in any number.

/// The value at a path of names; an Error that says where the path breaks.
Result<const Document*> find(const Document& from, std::initializer_list<const char*> path) {
    const Document* at = &from;
    std::string walked;
    for (const char* name : path) {
        walked += walked.empty() ? name : fmt::format(".{}", name);
        at = at->member(name);
        if (!at) return Error{fmt::format("it has no {}", walked)};
    }
    return at;
}

/// libxgboost writes its parameters as texts.
Result<double> number_at(const Document& from, std::initializer_list<const char*> path) {
    const auto found = find(from, path);
    if (!found) return found.error();
    const Document& value = **found;
    if (value.kind == Document::Kind::kNumber) return value.number;
    double number = 0;
    const char* end = value.text.data() + value.text.size();
    const auto [stop, fault] = std::from_chars(value.text.data(), end, number);
    if (value.kind != Document::Kind::kText || fault != std::errc() || stop != end)
        return Error{fmt::format("its {} is no number", *(path.end() - 1))};
    return number;
}

Result<std::size_t> count_at(const Document& from, std::initializer_list<const char*> path, std::size_t limit) {
    const auto number = number_at(from, path);
    if (!number) return number.error();
    if (!(*number >= 0 && *number <= static_cast<double>(limit)) || std::floor(*number) != *number)
        return Error{fmt::format("its {} is no count of at most {}", *(path.end() - 1), limit)};
    return static_cast<std::size_t>(*number);
}

Result<std::string> text_at(const Document& from, std::initializer_list<const char*> path) {
    const auto found = find(from, path);
    if (!found) return found.error();
    return (*found)->text;
}

/// The arrays of one tree, as long as each other.
struct Columns {
    const std::vector<double>* left = nullptr;
    const std::vector<double>* right = nullptr;
    const std::vector<double>* feature = nullptr;
    const std::vector<double>* condition = nullptr;  ///< Threshold of an inner node, value of a leaf.
    const std::vector<double>* cover = nullptr;
};

Result<Columns> columns_of(const Document& tree) {
    Columns columns;
    const struct {
        const char* name;
        const std::vector<double>** to;
    } wanted[] = {{"left_children", &columns.left},
                  {"right_children", &columns.right},
                  {"split_indices", &columns.feature},
                  {"split_conditions", &columns.condition},
                  {"sum_hessian", &columns.cover}};
    for (const auto& column : wanted) {
        const Document* found = tree.member(column.name);
        if (!found || found->kind != Document::Kind::kNumbers)
            return Error{fmt::format("it has no numbers {}", column.name)};
        *column.to = &found->numbers;
        if (found->numbers.size() != columns.left->size())
            return Error{fmt::format("it has {} left_children, but {} {}", columns.left->size(), found->numbers.size(),
                                     column.name)};
    }
    if (columns.left->empty() || columns.left->size() > kMaxNodes)
        return Error{fmt::format("it has {} nodes", columns.left->size())};
    return columns;
}

Result<void> refuse_categories(const Document& tree) {
    const Document* types = tree.member("split_type");
    if (!types) return {};
    for (const double type : types->numbers)
        if (type != 0) return Error{"it splits by category; train with categories encoded as numbers"};
    return {};
}

/// Renumbers one tree breadth-first. Every node is taken once, so that a cycle or a shared child ends in an Error.
class TreeImport {
  public:
    TreeImport(const Columns& columns, std::size_t feature_count)
        : columns_(columns), feature_count_(feature_count), taken_(columns.left->size(), false) {}

    Result<Tree> run() {
        taken_[0] = true;
        order_.push_back(0);
        for (std::size_t i = 0; i < order_.size(); ++i)
            if (auto added = add(order_[i]); !added) return added.error();
        return std::move(tree_);
    }

  private:
    Result<void> add(std::size_t from) {
        Node node{.cover = static_cast<float>((*columns_.cover)[from])};
        const auto condition = static_cast<float>((*columns_.condition)[from]);
        if ((*columns_.left)[from] == -1) {
            node.leaf = static_cast<std::uint32_t>(tree_.values.size());
            tree_.values.push_back(condition);
            tree_.nodes.push_back(node);
            return {};
        }
        const double feature = (*columns_.feature)[from];
        if (!(feature >= 0 && feature < static_cast<double>(feature_count_)))
            return Error{fmt::format("node {}: feature {} does not exist", from, feature)};
        node.is_leaf = false;
        node.feature = static_cast<std::uint16_t>(feature);
        node.threshold = std::nextafter(condition, -std::numeric_limits<float>::infinity());
        node.left = static_cast<std::uint32_t>(order_.size());
        tree_.nodes.push_back(node);
        for (const double child : {(*columns_.left)[from], (*columns_.right)[from]}) {
            if (!(child >= 0 && child < static_cast<double>(taken_.size())) || taken_[static_cast<std::size_t>(child)])
                return Error{fmt::format("node {}: child {} does not exist or has another parent", from, child)};
            taken_[static_cast<std::size_t>(child)] = true;
            order_.push_back(static_cast<std::size_t>(child));
        }
        return {};
    }

    const Columns& columns_;
    std::size_t feature_count_;
    std::vector<bool> taken_;
    std::vector<std::size_t> order_;
    Tree tree_;
};

Result<Tree> import_tree(const Document& from, std::size_t feature_count) {
    if (auto numeric = refuse_categories(from); !numeric) return numeric.error();
    if (const auto width = count_at(from, {"tree_param", "size_leaf_vector"}, 1); !width)
        return Error{"its leaves hold vectors (multi_strategy); train one tree per class"};
    const auto columns = columns_of(from);
    if (!columns) return columns.error();
    return TreeImport(*columns, feature_count).run();
}

/// Sets what the sums begin with. A logistic base_score is kept as a probability, others as margins.
Result<void> import_base(const Document& file, Forest& forest) {
    const auto score = number_at(file, {"learner", "learner_model_param", "base_score"});
    if (!score) return score.error();
    auto margin = static_cast<float>(*score);
    if (forest.combination == Combination::kLogistic) {
        if (!(margin > 0 && margin < 1)) return Error{fmt::format("its base_score {} is no probability", *score)};
        margin = -std::log(1.0F / margin - 1.0F);
    }
    forest.base_margins.assign(forest.group_count(), margin);
    return {};
}

Result<void> import_trees(const Document& booster, Forest& forest) {
    const auto trees = find(booster, {"model", "trees"});
    if (!trees) return trees.error();
    const auto groups = find(booster, {"model", "tree_info"});
    if (!groups) return groups.error();
    const std::size_t count = (*trees)->items.size();
    if (count == 0 || count > kMaxTrees) return Error{fmt::format("it has {} trees, not 1 to {}", count, kMaxTrees)};
    if ((*groups)->numbers.size() != count) return Error{"its tree_info does not name a class for each tree"};
    std::size_t group = 0;
    for (std::size_t t = 0; t < count; ++t) {
        const double named = (*groups)->numbers[t];
        if (named != static_cast<double>(group))
            return Error{fmt::format("tree {} belongs to class {}; train with num_parallel_tree=1", t, named)};
        group = group + 1 == forest.group_count() ? 0 : group + 1;
        auto tree = import_tree((*trees)->items[t], forest.feature_count);
        if (!tree) return Error{fmt::format("tree {}: {}", t, tree.error().message)};
        forest.trees.push_back(std::move(*tree));
    }
    return {};
}

Result<Forest> outline(const Document& file) {
    const auto booster = text_at(file, {"learner", "gradient_booster", "name"});
    if (!booster) return booster.error();
    if (*booster != "gbtree") return Error{fmt::format("its booster is \"{}\"; only gbtree is read", *booster)};
    const auto objective = text_at(file, {"learner", "objective", "name"});
    if (!objective) return objective.error();
    const auto features = count_at(file, {"learner", "learner_model_param", "num_feature"}, kMaxFeatures);
    if (!features) return features.error();
    const auto classes = count_at(file, {"learner", "learner_model_param", "num_class"}, kMaxClasses);
    if (!classes) return classes.error();
    if (file.member("learner")->member("learner_model_param")->member("num_target") &&
        !count_at(file, {"learner", "learner_model_param", "num_target"}, 1))
        return Error{"it has several targets; only classes are read"};
    Forest forest{.feature_count = *features};
    if (*objective == "binary:logistic") {
        forest.class_count = 2;
        forest.combination = Combination::kLogistic;
    } else if (*objective == "multi:softprob" || *objective == "multi:softmax") {
        forest.class_count = *classes;
        forest.combination = Combination::kSoftmax;
    } else {
        return Error{fmt::format("its objective is \"{}\"; read are multi:softprob, multi:softmax and binary:logistic",
                                 *objective)};
    }
    if (forest.class_count == 0) return Error{"it has no classes"};
    return forest;
}

Result<XgboostModel> import(const Document& file) {
    auto forest = outline(file);
    if (!forest) return forest.error();
    XgboostModel model{.forest = std::move(*forest)};
    if (auto done = import_base(file, model.forest); !done) return done.error();
    if (auto done = import_trees(*file.member("learner")->member("gradient_booster"), model.forest); !done)
        return done.error();
    if (auto checked = check_forest(model.forest); !checked) return checked.error();
    if (const Document* names = file.member("learner")->member("feature_names"))
        for (const Document& name : names->items) model.feature_names.push_back(name.text);
    if (!model.feature_names.empty() && model.feature_names.size() != model.forest.feature_count)
        return Error{fmt::format("it names {} of {} features", model.feature_names.size(), model.forest.feature_count)};
    return model;
}

/// Both begin with a brace; UBJSON goes on with the type of a key's length or with a type or count for all members.
Result<Document> parse_either(base::Bytes file) {
    if (file.size() < 2 || (file[0] != '{' && file[0] != ' ' && file[0] != '\n' && file[0] != '\r' && file[0] != '\t'))
        return Error{"neither JSON nor UBJSON; save the model as .json or .ubj (the old binary format is not read)"};
    const bool is_binary = std::string_view("iUIlL$#").find(static_cast<char>(file[1])) != std::string_view::npos;
    return file[0] == '{' && is_binary ? parse_ubjson_document(file) : parse_json_document(file);
}

}  // namespace

Result<XgboostModel> parse_xgboost(base::Bytes file, const std::string& name) {
    const auto document = parse_either(file);
    if (!document) return Error{fmt::format("{}: {}", name, document.error().message)};
    auto model = import(*document);
    if (!model) return Error{fmt::format("{}: this XGBoost model cannot be used: {}", name, model.error().message)};
    return model;
}

Result<XgboostModel> open_xgboost(const std::string& path) {
    const auto file = read_file(path, kMaxFileBytes);
    if (!file) return file.error();
    return parse_xgboost(*file, path);
}

}  // namespace flowsift::model
