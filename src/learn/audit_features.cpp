#include "learn/audit_features.h"

#include <algorithm>
#include <numeric>

#include "base/parallel.h"
#include "learn/binned_table.h"

namespace flowsift::learn {
namespace {

struct Trace {
    std::string_view name;  ///< Of a feature of the catalogue.
    std::string_view reason;
};

constexpr std::string_view kService = "it names the service that was used, not what was done to it";
constexpr std::string_view kSystem = "the operating system chooses it, and all attacks may come from one machine";
constexpr std::string_view kDistance = "it tells how far apart the machines of the recording stood";

constexpr Trace kTraces[] = {
    {"Src Port", kService},           {"Dst Port", kService},        {"FWD Init Win Bytes", kSystem},
    {"Bwd Init Win Bytes", kSystem},  {"Fwd Seg Size Min", kSystem}, {"Fwd Handshake RTT", kDistance},
    {"Bwd Handshake RTT", kDistance},
};

/// Rows per bin, of all classes and of each.
struct Histogram {
    Histogram(const BinnedTable& binned, std::size_t feature, std::size_t classes)
        : bins(binned.bins(feature).size()), all(bins), of_class(classes * bins) {
        const auto codes = binned.codes(feature);
        for (std::size_t i = 0; i < codes.size(); ++i) {
            ++all[codes[i]];
            ++of_class[binned.label(i) * bins + codes[i]];
        }
    }

    std::size_t bins;
    std::vector<std::uint64_t> all, of_class;
};

/// The range of bins with the best F1. It begins and ends at bins that hold the class, so only those are tried.
LoneFeature best_range(const Histogram& histogram, const FeatureBins& bins, ClassIndex label, std::uint64_t support) {
    const std::uint64_t* const positives = &histogram.of_class[label * histogram.bins];
    LoneFeature best{.label = label, .support = support};
    for (std::size_t begin = 0; begin < histogram.bins; ++begin) {
        if (positives[begin] == 0) continue;
        std::uint64_t inside = 0, correct = 0;
        for (std::size_t end = begin; end < histogram.bins; ++end) {
            inside += histogram.all[end];
            correct += positives[end];
            const double f1 = 2 * static_cast<double>(correct) / static_cast<double>(support + inside);
            if (positives[end] == 0 || f1 <= best.f1) continue;
            best.low = bins.lowest[begin];
            best.high = bins.highest[end];
            best.inside = inside;
            best.correct = correct;
            best.f1 = f1;
        }
    }
    return best;
}

double balanced_accuracy_of(const LoneFeature& found, std::uint64_t rows) {
    const auto negatives = static_cast<double>(rows - found.support);
    const double recall = static_cast<double>(found.correct) / static_cast<double>(found.support);
    const double spared = negatives > 0 ? 1 - static_cast<double>(found.inside - found.correct) / negatives : 0;
    return (recall + spared) / 2;
}

std::string constant_reason(const LoneFeature& found, const dataset::Table& table) {
    return "nearly all of " + table.classes[found.label] +
           ", and nearly nothing else, has one value: a tool's constant, easily changed";
}

}  // namespace

std::vector<LoneFeature> find_lone_features(const dataset::Table& table, const std::vector<std::uint32_t>& rows,
                                            const LoneBounds& bounds, std::size_t threads) {
    if (rows.empty()) return {};
    const BinnedTable binned(table, rows, threads);
    std::vector<std::uint64_t> support(table.classes.size());
    for (const std::uint32_t row : rows) ++support[table.labels[row]];

    std::vector<std::vector<LoneFeature>> per_feature(binned.features());
    base::parallel_for(binned.features(), threads, [&](std::size_t feature, std::size_t) {
        const Histogram histogram(binned, feature, table.classes.size());
        for (std::size_t c = 0; c < support.size(); ++c) {
            if (support[c] < std::max<std::uint64_t>(bounds.minimum_rows, 1)) continue;
            LoneFeature found = best_range(histogram, binned.bins(feature), static_cast<ClassIndex>(c), support[c]);
            found.feature = feature;
            found.balanced_accuracy = balanced_accuracy_of(found, rows.size());
            if (found.f1 >= bounds.f1 && found.balanced_accuracy >= bounds.balanced_accuracy)
                per_feature[feature].push_back(found);
        }
    });
    std::vector<LoneFeature> all;
    for (const auto& found : per_feature) all.insert(all.end(), found.begin(), found.end());
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.f1 > b.f1; });
    return all;
}

std::string_view trace_of(std::string_view feature_name) {
    for (const Trace& trace : kTraces)
        if (feature_name == trace.name) return trace.reason;
    return {};
}

std::vector<Suspect> find_suspects(const dataset::Table& table, const std::vector<LoneFeature>& lone) {
    std::vector<Suspect> suspects;
    for (std::size_t f = 0; f < table.columns.size(); ++f) {
        const std::string_view name = table.schema.feature(f).name;
        std::string reason(trace_of(name));
        const auto constant = std::find_if(lone.begin(), lone.end(), [&](const LoneFeature& found) {
            return found.feature == f && found.low == found.high;
        });
        if (reason.empty() && constant != lone.end()) reason = constant_reason(*constant, table);
        if (!reason.empty()) suspects.push_back({f, std::string(name), std::move(reason)});
    }
    return suspects;
}

dataset::Table without_columns(const dataset::Table& table, const std::vector<Suspect>& suspects) {
    dataset::Table rest = table;
    rest.schema.name = "custom";
    rest.schema.features.clear();
    rest.columns.clear();
    for (std::size_t f = 0; f < table.columns.size(); ++f) {
        const bool is_out =
            std::any_of(suspects.begin(), suspects.end(), [&](const auto& s) { return s.feature == f; });
        if (is_out) continue;
        rest.schema.features.push_back(table.schema.features[f]);
        rest.columns.push_back(table.columns[f]);
    }
    return rest;
}

}  // namespace flowsift::learn
