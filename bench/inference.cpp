// inference: how long one verdict takes, our half and libxgboost's; inference.sh adds scikit-learn's.
//
// Writes the rows it trained on and those it judged to a folder (rows.f32, labels.u16, shape.txt), for the other half.
// Figures are medians over all held-out rows in random order, one thread, every engine once in turn per round.
#include <fmt/format.h>
#include <xgboost/c_api.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "base/random.h"
#include "bench/corrected_rows.h"
#include "dataset/splits.h"
#include "learn/forest_trainer.h"
#include "learn/reliability.h"
#include "model/engine.h"
#include "model/model_file.h"
#include "model/tree_shap.h"
#include "model/xgboost_import.h"

namespace flowsift {
namespace {

using Clock = std::chrono::steady_clock;
using model::Forest;

constexpr std::size_t kBatch = 64;
constexpr int kRounds = 3;

double us_since(Clock::time_point start) {
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

double quantile(std::vector<double>& all, double share) {
    const auto at = all.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(all.size() - 1));
    std::nth_element(all.begin(), at, all.end());
    return *at;
}

struct Rows {
    std::size_t features = 0;
    std::vector<float> values;

    std::size_t count() const { return values.size() / features; }
    std::span<const float> some(std::size_t first, std::size_t n) const {
        return {&values[first * features], n * features};
    }
};

struct Data {
    dataset::Table table;
    std::vector<std::uint32_t> train;
    std::vector<std::uint32_t> test;  ///< In random order, as flows come.

    Rows rows(const std::vector<std::uint32_t>& indexes) const {
        Rows made{.features = table.columns.size()};
        for (const std::uint32_t row : indexes)
            for (const auto& column : table.columns) made.values.push_back(column[row]);
        return made;
    }
};

/// Microseconds per row of `run` on batches of `batch` rows, one measurement per batch.
template <class Run>
std::vector<double> times(const Rows& rows, std::size_t batch, const Run& run) {
    std::vector<double> all;
    for (int round = 0; round < kRounds; ++round)
        for (std::size_t i = 0; i + batch <= rows.count(); i += batch) {
            const std::span<const float> some = rows.some(i, batch);
            const auto start = Clock::now();
            run(some);
            all.push_back(us_since(start) / static_cast<double>(batch));
        }
    return all;
}

template <class Run>
double median(const Rows& rows, std::size_t batch, const Run& run) {
    std::vector<double> all = times(rows, batch, run);
    return quantile(all, 0.5);
}

base::Result<Data> load(const std::string& csv) {
    auto table = bench::load_corrected_rows(csv);
    if (!table) return table.error();
    auto split = dataset::split_stratified(*table, 0.25, 1);
    if (!split) return split.error();
    Data data{std::move(*table), std::move(split->train), std::move(split->test)};
    base::Random(1).shuffle(data.test);
    return data;
}

/// What a verdict says of one row.
struct Verdict {
    std::size_t class_index = 0;
    float probability = 0;  ///< Calibrated.
    bool is_novel = false;
};

/// A stage as `flowsift train` makes it: calibrated on held-out rows, novelty told by pairs of leaves.
model::Stage stage_of(const Data& data, Forest forest) {
    model::Stage stage{.packets = 0, .forest = std::move(forest)};
    std::vector<learn::JudgedRow> judged;
    std::vector<float> probabilities(stage.forest.class_count);
    const Rows rows = data.rows(data.test);
    for (std::size_t i = 0; i < rows.count(); ++i) {
        stage.forest.predict(rows.some(i, 1), probabilities);
        const auto chosen = static_cast<dataset::ClassIndex>(model::most_probable(probabilities));
        judged.push_back({chosen, probabilities[chosen], chosen == data.table.labels[data.test[i]]});
    }
    stage.calibration = learn::fit_calibration(judged, stage.forest.class_count);
    stage.pairs = learn::collect_pairs(stage.forest, data.table, data.train);
    stage.pairs.limit = learn::fit_novelty_limit(stage.forest, stage.pairs, data.table, data.test);
    return stage;
}

std::size_t rows_that_differ(const Forest& forest, const model::Engine& engine, const Rows& rows) {
    model::Engine::Scratch scratch(engine);
    std::vector<float> all(rows.count() * forest.class_count);
    engine.predict(rows.values, all, scratch);
    std::vector<float> one(forest.class_count);
    std::size_t different = 0;
    for (std::size_t i = 0; i < rows.count(); ++i) {
        forest.predict(rows.some(i, 1), one);
        different += std::equal(one.begin(), one.end(), &all[i * forest.class_count]) ? 0 : 1;
    }
    return different;
}

/// Prints our figures of the random forest; writes those that scikit-learn's are set against to ours.txt.
void measure_forest(const model::Stage& stage, const Rows& rows, const std::string& folder) {
    const Forest& forest = stage.forest;
    const model::Engine engine = model::Engine::of(forest);
    model::Engine::Scratch scratch(engine);
    std::vector<float> probabilities(kBatch * forest.class_count);
    std::vector<Verdict> verdicts(kBatch);
    std::vector<std::uint32_t> unseen(kBatch);
    const auto judge = [&](std::span<const float> some) {
        engine.predict(some, probabilities, scratch, {&stage.pairs, unseen});
        for (std::size_t i = 0; i < some.size() / rows.features; ++i) {
            const float* said = &probabilities[i * forest.class_count];
            const std::size_t best = model::most_probable({said, forest.class_count});
            verdicts[i] = {best, stage.calibration.at(best, said[best]), unseen[i] > stage.pairs.limit};
        }
    };
    std::vector<float> thresholds;
    for (const model::CalibrationCurve& curve : stage.calibration.curves) thresholds.push_back(curve.least_raw(0.5F));
    std::vector<model::Decision> decisions(kBatch);
    const auto decide = [&](std::span<const float> some) {
        engine.decide(some, {thresholds, &stage.pairs}, decisions, scratch);
    };
    const auto decide_calibrated = [&](std::span<const float> some) {
        engine.decide(some, {{}, &stage.pairs, &stage.calibration}, decisions, scratch);
    };
    const double plain =
        median(rows, 1, [&](auto row) { forest.predict(row, std::span(probabilities).first(forest.class_count)); });
    std::vector<double> one = times(rows, 1, judge);
    const double batch = median(rows, kBatch, judge);
    const double one_early = median(rows, 1, decide);
    const double batch_early = median(rows, kBatch, decide);
    const double one_whole = median(rows, 1, decide_calibrated);
    const double batch_whole = median(rows, kBatch, decide_calibrated);
    fmt::print("rows on which the engine differs from the plain predictor in any bit: {} of {}\n",
               rows_that_differ(forest, engine, rows), rows.count());
    fmt::print("plain predictor, one row:                                   {:5.2f} µs\n", plain);
    fmt::print("one row, all trees: class, calibrated probability, novelty: {:5.2f} µs (99 %: {:.2f})\n",
               quantile(one, 0.5), quantile(one, 0.99));
    fmt::print("the same in batches of 64:                                  {:5.2f} µs a row\n", batch);
    fmt::print("one row, early exit, the same output:                       {:5.2f} µs\n", one_whole);
    fmt::print("the same in batches of 64:                                  {:5.2f} µs a row\n", batch_whole);
    fmt::print("one row, early exit: class, threshold, novelty:             {:5.2f} µs\n", one_early);
    fmt::print("the same in batches of 64:                                  {:5.2f} µs a row\n", batch_early);
    std::ofstream(folder + "/ours.txt") << fmt::format("{} {} {}\n", quantile(one, 0.5), batch, batch_whole);
}

void measure_reasons(const Data& data, const Forest& forest, const Rows& rows) {
    const auto start = Clock::now();
    const auto shap = model::TreeShap::of(forest);
    if (!shap) return fmt::print("reasons: {}\n", shap.error().message);
    fmt::print("reasons: made in {:.1f} ms, {:.1f} MB\n", us_since(start) / 1000,
               static_cast<double>(shap->bytes()) / 1e6);
    model::TreeShap::Scratch scratch(*shap);
    std::vector<float> probabilities(forest.class_count);
    std::vector<float> contributions(forest.feature_count);
    std::vector<model::Contribution> top(5);
    double worst_sum = 0;
    std::vector<std::vector<double>> per_class(forest.class_count);
    std::vector<double> all;
    for (std::size_t i = 0; i < rows.count(); ++i) {
        forest.predict(rows.some(i, 1), probabilities);
        const std::size_t best = model::most_probable(probabilities);
        const auto begin = Clock::now();
        shap->explain(rows.some(i, 1), best, contributions, scratch);
        model::largest_contributions(contributions, top);
        all.push_back(us_since(begin));
        per_class[best].push_back(all.back());
        double sum = static_cast<double>(shap->expected(best));
        for (const float value : contributions) sum += static_cast<double>(value);
        worst_sum = std::max(worst_sum, std::abs(sum - static_cast<double>(probabilities[best])));
    }
    std::size_t slowest = 0;
    std::vector<double> medians;
    for (auto& times : per_class) medians.push_back(times.empty() ? 0 : quantile(times, 0.5));
    for (std::size_t c = 0; c < medians.size(); ++c) slowest = medians[c] > medians[slowest] ? c : slowest;
    fmt::print(
        "reasons for the predicted class, top 5: median {:.1f} µs, 99 % {:.1f} µs; slowest class {}: {:.1f} µs\n",
        quantile(all, 0.5), quantile(all, 0.99), data.table.classes[slowest], medians[slowest]);
    fmt::print("largest gap between their sum and the probability: {:.1e}\n", worst_sum);
}

void measure_opening(const Data& data, const Forest& forest, const std::string& folder) {
    model::Model model;
    model.schema = data.table.schema;
    model.classes = data.table.classes;
    model.profile = "default";
    model.stages = {{0, forest}};
    const std::string path = folder + "/model.fsm";
    if (const auto saved = model::save_model(model, path); !saved) return fmt::print("{}\n", saved.error().message);
    std::vector<double> opening;
    std::vector<double> engine;
    for (int round = 0; round < 9; ++round) {
        auto start = Clock::now();
        const auto opened = model::open_model(path);
        opening.push_back(us_since(start) / 1000);
        if (!opened) return fmt::print("{}\n", opened.error().message);
        start = Clock::now();
        const model::Engine made = model::Engine::of(opened->stages[0].forest);
        engine.push_back(us_since(start) / 1000);
    }
    fmt::print("opening the model: {:.1f} ms, and {:.1f} ms for its engine\n", quantile(opening, 0.5),
               quantile(engine, 0.5));
}

/// A booster of libxgboost, 100 rounds of depth 6.
class Booster {
  public:
    Booster(const Data& data, bool is_binary) {
        const Rows rows = data.rows(data.train);
        const float missing = std::numeric_limits<float>::quiet_NaN();
        check(XGDMatrixCreateFromMat(rows.values.data(), rows.count(), rows.features, missing, &matrix_));
        std::vector<float> labels;
        for (const std::uint32_t row : data.train) labels.push_back(label_of(data, row, is_binary));
        check(XGDMatrixSetFloatInfo(matrix_, "label", labels.data(), labels.size()));
        check(XGBoosterCreate(&matrix_, 1, &booster_));
        set("tree_method", "hist");
        set("max_depth", "6");
        set("objective", is_binary ? "binary:logistic" : "multi:softprob");
        if (!is_binary) set("num_class", std::to_string(data.table.classes.size()));
        for (int round = 0; round < 100; ++round) check(XGBoosterUpdateOneIter(booster_, round, matrix_));
        set("nthread", "1");
        check(XGProxyDMatrixCreate(&proxy_));
    }
    Booster(const Booster&) = delete;
    Booster& operator=(const Booster&) = delete;
    ~Booster() {
        XGBoosterFree(booster_);
        XGDMatrixFree(matrix_);
        XGDMatrixFree(proxy_);
    }

    std::vector<std::uint8_t> saved() const {
        bst_ulong size = 0;
        const char* bytes = nullptr;
        check(XGBoosterSaveModelToBuffer(booster_, R"({"format": "ubj"})", &size, &bytes));
        return {bytes, bytes + size};
    }

    /// In place; `address` names the rows as NumPy's array interface does.
    const float* predict(const std::string& address) const {
        const bst_ulong* shape = nullptr;
        bst_ulong dimensions = 0;
        const float* result = nullptr;
        check(XGBoosterPredictFromDense(booster_, address.c_str(), kConfig, proxy_, &shape, &dimensions, &result));
        return result;
    }

  private:
    static constexpr const char* kConfig =
        R"({"type": 0, "iteration_begin": 0, "iteration_end": 0, "missing": NaN, "strict_shape": true, "cache_id": 0})";

    static float label_of(const Data& data, std::uint32_t row, bool is_binary) {
        const std::size_t label = data.table.labels[row];
        return static_cast<float>(is_binary ? (data.table.classes[label] == "BENIGN" ? 0 : 1) : label);
    }
    static void check(int status) {
        if (status != 0) fmt::print(stderr, "libxgboost: {}\n", XGBGetLastError());
    }
    void set(const char* name, const std::string& value) { check(XGBoosterSetParam(booster_, name, value.c_str())); }

    DMatrixHandle matrix_ = nullptr;
    DMatrixHandle proxy_ = nullptr;
    BoosterHandle booster_ = nullptr;
};

/// One line: libxgboost and each of our ways on the same rows and trees.
void compare_boosted(const Booster& booster, const Forest& forest, const Rows& rows, std::size_t batch) {
    const auto compact = model::CompactForest::of(forest);
    const auto bitvector = model::BitvectorForest::of(forest);
    const model::Engine engine = model::Engine::of(forest);
    if (!compact || !bitvector) return fmt::print("the trees are too large for one of the ways\n");
    model::CompactForest::Scratch compact_scratch(*compact);
    model::BitvectorForest::Scratch bitvector_scratch(*bitvector);
    model::Engine::Scratch scratch(engine);
    std::vector<float> ours(batch * forest.class_count);
    std::vector<float> buffer(batch * rows.features);
    const std::string address =
        fmt::format(R"({{"data": [{}, true], "shape": [{}, {}], "typestr": "<f4", "version": 3}})",
                    reinterpret_cast<std::uintptr_t>(buffer.data()), batch, rows.features);
    const double theirs = median(rows, batch, [&](auto some) {
        std::memcpy(buffer.data(), some.data(), some.size_bytes());
        booster.predict(address);
    });
    const double walked = median(rows, batch, [&](auto some) { compact->predict(some, ours, compact_scratch); });
    const double scanned = median(rows, batch, [&](auto some) { bitvector->predict(some, ours, bitvector_scratch); });
    const double chosen = median(rows, batch, [&](auto some) { engine.predict(some, ours, scratch); });
    fmt::print("{:6} {:12.2f} {:12.2f} {:12.2f} {:12.2f} {:9.1f} ×\n", batch, theirs, walked, scanned, chosen,
               theirs / chosen);
}

void measure_boosted(const Data& data, const Rows& rows, bool is_binary) {
    const Booster booster(data, is_binary);
    const auto imported = model::parse_xgboost(booster.saved(), "the booster");
    if (!imported) return fmt::print("{}\n", imported.error().message);
    const Forest& forest = imported->forest;
    fmt::print("\nXGBoost, {}: {} trees; µs a row\n", is_binary ? "binary" : "all classes", forest.trees.size());
    fmt::print("rows on which the engine differs from the plain predictor in any bit: {} of {}\n",
               rows_that_differ(forest, model::Engine::of(forest), rows), rows.count());
    fmt::print("{:>6} {:>12} {:>12} {:>12} {:>12} {:>11}\n", "batch", "libxgboost", "compact", "bit vectors", "engine",
               "ratio");
    for (const std::size_t batch : {1U, 2U, 4U, 6U, 8U, 16U, 64U}) compare_boosted(booster, forest, rows, batch);
}

void write_for_others(const Data& data, const std::string& folder) {
    std::ofstream rows(folder + "/rows.f32", std::ios::binary);
    std::ofstream labels(folder + "/labels.u16", std::ios::binary);
    for (const auto* part : {&data.train, &data.test}) {
        const Rows some = data.rows(*part);
        rows.write(reinterpret_cast<const char*>(some.values.data()),
                   static_cast<std::streamsize>(some.values.size() * sizeof(float)));
        for (const std::uint32_t row : *part)
            labels.write(reinterpret_cast<const char*>(&data.table.labels[row]), sizeof data.table.labels[row]);
    }
    std::ofstream(folder + "/shape.txt") << data.train.size() << ' ' << data.test.size() << ' '
                                         << data.table.columns.size() << '\n';
}

base::Result<void> run(const std::string& csv, const std::string& folder) {
    const auto data = load(csv);
    if (!data) return data.error();
    const auto trained = learn::train_forest(data->table, data->train, {.seed = 1}, {});
    if (!trained) return trained.error();
    const Rows rows = data->rows(data->test);
    std::size_t nodes = 0;
    for (const model::Tree& tree : trained->forest.trees) nodes += tree.nodes.size();
    fmt::print("random forest of 100 trees: {} nodes, {} features, {} classes; {} held-out rows\n", nodes,
               rows.features, data->table.classes.size(), rows.count());
    const model::Stage stage = stage_of(*data, trained->forest);
    measure_forest(stage, rows, folder);
    measure_reasons(*data, trained->forest, rows);
    measure_opening(*data, trained->forest, folder);
    write_for_others(*data, folder);
    measure_boosted(*data, rows, false);
    measure_boosted(*data, rows, true);
    return {};
}

}  // namespace
}  // namespace flowsift

int main(int count, char** arguments) {
    if (count != 3) {
        std::fputs("usage: inference LABELLED.csv FOLDER\n", stderr);
        return 2;
    }
    const auto done = flowsift::run(arguments[1], arguments[2]);
    if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return done ? 0 : 1;
}
