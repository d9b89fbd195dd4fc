#include "learn/boosting.h"

#include <fmt/format.h>
#include <xgboost/c_api.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <numeric>
#include <string_view>
#include <type_traits>

#include "base/parallel.h"
#include "learn/class_weights.h"
#include "model/forest_check.h"
#include "model/xgboost_import.h"

namespace flowsift::learn {
namespace {

using base::Error;
using base::Result;
using Rows = std::vector<std::uint32_t>;

struct FreeMatrix {
    void operator()(DMatrixHandle matrix) const { XGDMatrixFree(matrix); }
};
struct FreeBooster {
    void operator()(BoosterHandle booster) const { XGBoosterFree(booster); }
};
using Matrix = std::unique_ptr<std::remove_pointer_t<DMatrixHandle>, FreeMatrix>;
using Booster = std::unique_ptr<std::remove_pointer_t<BoosterHandle>, FreeBooster>;

Result<void> checked(int code) {
    if (code == 0) return {};
    const std::string_view said = XGBGetLastError();
    return Error{fmt::format("libxgboost: {}", said.substr(0, said.find('\n')))};
}

Result<void> check_options(const BoostingOptions& options) {
    struct Bound {
        const char* name;
        double value, least, most;
    };
    for (const Bound& bound :
         {Bound{"rounds", static_cast<double>(options.rounds), 1, 10'000},
          Bound{"learning rate", options.learning_rate, 1e-4, 1},
          Bound{"depth", static_cast<double>(options.max_depth), 1, 16},
          Bound{"least child weight", options.min_child_weight, 1, 1e9}, Bound{"L2 weight", options.l2, 1e-3, 1e9},
          Bound{"share of rows", options.row_share, 0.01, 1},
          Bound{"share of features", options.feature_share, 0.01, 1}})
        if (!(bound.value >= bound.least && bound.value <= bound.most))
            return Error{fmt::format("boosting wants a {} from {:g} to {:g}, not {:g}", bound.name, bound.least,
                                     bound.most, bound.value),
                         base::ErrorKind::kUsage};
    return {};
}

Result<void> check_task(const dataset::Table& table, const Rows& rows, const BoostingOptions& options) {
    if (rows.empty()) return Error{"There are no rows to learn from."};
    std::vector<bool> is_present(table.classes.size());
    for (const std::uint32_t row : rows) is_present[table.labels[row]] = true;
    if (std::count(is_present.begin(), is_present.end(), true) < 2)
        return Error{fmt::format("All {} rows are of the class \"{}\"; learning needs at least two classes.",
                                 rows.size(), table.classes[table.labels[rows[0]]])};
    const std::size_t trees = options.rounds * (table.classes.size() == 2 ? 1 : table.classes.size());
    if (trees > model::kMaxTrees)
        return Error{
            fmt::format("{} rounds for {} classes are {} trees; a model holds {} at most. Ask for fewer rounds.",
                        options.rounds, table.classes.size(), trees, model::kMaxTrees),
            base::ErrorKind::kUsage};
    return check_options(options);
}

/// Row by row, as libxgboost takes it.
Result<Matrix> matrix_of(const dataset::Table& table, const Rows& rows, const std::vector<double>& weights) {
    const std::size_t width = table.columns.size();
    std::vector<float> cells(rows.size() * width), labels(rows.size()), row_weights(rows.size());
    for (std::size_t f = 0; f < width; ++f)
        for (std::size_t i = 0; i < rows.size(); ++i) cells[i * width + f] = table.columns[f][rows[i]];
    for (std::size_t i = 0; i < rows.size(); ++i) {
        labels[i] = static_cast<float>(table.labels[rows[i]]);
        row_weights[i] = static_cast<float>(weights[table.labels[rows[i]]]);
    }
    DMatrixHandle handle = nullptr;
    const auto made = checked(XGDMatrixCreateFromMat(cells.data(), rows.size(), width, std::nanf(""), &handle));
    if (!made) return made.error();
    Matrix matrix(handle);
    for (const auto& [name, values] : {std::pair{"label", &labels}, std::pair{"weight", &row_weights}})
        if (const auto set = checked(XGDMatrixSetFloatInfo(handle, name, values->data(), values->size())); !set)
            return set.error();
    return matrix;
}

/// One training run.
class Boosting {
  public:
    Boosting(const dataset::Table& table, const BoostingOptions& options) : table_(table), options_(options) {}

    Result<void> start(const Rows& rows, const Rows& validation);
    Result<void> grow(const base::Progress& progress);
    Result<BoostedForest> finish();

  private:
    Result<void> set_parameters();
    Result<double> validation_loss(int round);
    Result<std::vector<double>> importance() const;

    const dataset::Table& table_;
    const BoostingOptions& options_;
    Matrix train_, validation_;
    Booster booster_;
    std::uint32_t best_rounds_ = 0;
};

Result<void> Boosting::start(const Rows& rows, const Rows& validation) {
    const auto weights = class_weights_of(table_, rows, options_.class_weights, options_.explicit_weights);
    if (!weights) return weights.error();
    auto train = matrix_of(table_, rows, *weights);
    if (!train) return train.error();
    train_ = std::move(*train);
    std::vector<DMatrixHandle> matrices = {train_.get()};
    if (!validation.empty()) {
        auto judged = matrix_of(table_, validation, *weights);
        if (!judged) return judged.error();
        validation_ = std::move(*judged);
        matrices.push_back(validation_.get());
    }
    BoosterHandle handle = nullptr;
    if (auto made = checked(XGBoosterCreate(matrices.data(), matrices.size(), &handle)); !made) return made;
    booster_.reset(handle);
    return set_parameters();
}

Result<void> Boosting::set_parameters() {
    const bool is_binary = table_.classes.size() == 2;
    std::vector<std::pair<const char*, std::string>> parameters = {
        {"booster", "gbtree"},
        {"tree_method", "hist"},
        {"objective", is_binary ? "binary:logistic" : "multi:softprob"},
        {"eval_metric", is_binary ? "logloss" : "mlogloss"},
        {"learning_rate", fmt::format("{}", options_.learning_rate)},
        {"max_depth", fmt::format("{}", options_.max_depth)},
        {"min_child_weight", fmt::format("{}", options_.min_child_weight)},
        {"reg_lambda", fmt::format("{}", options_.l2)},
        {"subsample", fmt::format("{}", options_.row_share)},
        {"colsample_bytree", fmt::format("{}", options_.feature_share)},
        {"seed", fmt::format("{}", options_.seed)},
        {"nthread", fmt::format("{}", base::resolve_threads(options_.threads))},
        {"verbosity", "0"}};
    if (!is_binary) parameters.emplace_back("num_class", fmt::format("{}", table_.classes.size()));
    for (const auto& [name, value] : parameters)
        if (auto set = checked(XGBoosterSetParam(booster_.get(), name, value.c_str())); !set) return set;
    return {};
}

Result<void> Boosting::grow(const base::Progress& progress) {
    double best_loss = HUGE_VAL;
    for (std::uint32_t round = 0; round < options_.rounds; ++round) {
        if (!progress.advance(round, options_.rounds))
            return Error{
                fmt::format("Training was stopped after {} of {} rounds; no model was made.", round, options_.rounds)};
        auto grown = checked(XGBoosterUpdateOneIter(booster_.get(), static_cast<int>(round), train_.get()));
        if (!grown) return grown;
        if (!validation_) {
            best_rounds_ = round + 1;
            continue;
        }
        const auto loss = validation_loss(static_cast<int>(round));
        if (!loss) return loss.error();
        if (*loss < best_loss) {
            best_loss = *loss;
            best_rounds_ = round + 1;
        }
        if (round + 1 >= best_rounds_ + options_.patience) break;
    }
    progress.advance(options_.rounds, options_.rounds);
    return {};
}

/// Of the answer "[7]\tvalidation-mlogloss:0.123".
Result<double> Boosting::validation_loss(int round) {
    DMatrixHandle matrix = validation_.get();
    const char* name = "validation";
    const char* answer = nullptr;
    const auto judged = checked(XGBoosterEvalOneIter(booster_.get(), round, &matrix, &name, 1, &answer));
    if (!judged) return judged.error();
    const std::string_view text = answer;
    double loss = 0;
    const std::size_t colon = text.rfind(':');
    const char* const from = colon == text.npos ? text.data() + text.size() : text.data() + colon + 1;
    if (std::from_chars(from, text.data() + text.size(), loss).ec != std::errc() || !std::isfinite(loss))
        return Error{fmt::format("libxgboost: its loss cannot be read from \"{}\"", text)};
    return loss;
}

Result<BoostedForest> Boosting::finish() {
    BoosterHandle kept = nullptr;
    const auto sliced = checked(XGBoosterSlice(booster_.get(), 0, static_cast<int>(best_rounds_), 1, &kept));
    if (!sliced) return sliced.error();
    booster_.reset(kept);
    bst_ulong size = 0;
    const char* bytes = nullptr;
    const auto saved = checked(XGBoosterSaveModelToBuffer(booster_.get(), R"({"format": "ubj"})", &size, &bytes));
    if (!saved) return saved.error();
    auto imported = model::parse_xgboost({reinterpret_cast<const std::uint8_t*>(bytes), size}, "libxgboost's model");
    if (!imported) return imported.error();
    auto shares = importance();
    if (!shares) return shares.error();
    return BoostedForest{std::move(imported->forest), std::move(*shares), best_rounds_};
}

/// Features are named f0, f1, … by the library; those that no split uses are not among its answer.
Result<std::vector<double>> Boosting::importance() const {
    bst_ulong count = 0, dimensions = 0;
    const bst_ulong* shape = nullptr;
    const char** names = nullptr;
    const float* scores = nullptr;
    const auto told = checked(XGBoosterFeatureScore(booster_.get(), R"({"importance_type": "total_gain"})", &count,
                                                    &names, &dimensions, &shape, &scores));
    if (!told) return told.error();
    std::vector<double> shares(table_.columns.size(), 0.0);
    for (bst_ulong i = 0; i < count; ++i) {
        const std::string_view name = names[i];
        std::size_t feature = shares.size();
        std::from_chars(name.data() + 1, name.data() + name.size(), feature);
        if (feature < shares.size()) shares[feature] = static_cast<double>(scores[i]);
    }
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    if (sum > 0)
        for (double& share : shares) share /= sum;
    return shares;
}

}  // namespace

Result<BoostedForest> train_boosting(const dataset::Table& table, const Rows& rows, const Rows& validation,
                                     const BoostingOptions& options, const base::Progress& progress) {
    if (const auto possible = check_task(table, rows, options); !possible) return possible.error();
    Boosting boosting(table, options);
    if (const auto started = boosting.start(rows, validation); !started) return started.error();
    if (const auto grown = boosting.grow(progress); !grown) return grown.error();
    return boosting.finish();
}

}  // namespace flowsift::learn
