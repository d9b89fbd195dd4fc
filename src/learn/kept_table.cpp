#include "learn/kept_table.h"

#include <algorithm>
#include <map>
#include <utility>

#include "model/kept_rows.h"

namespace flowsift::learn {
namespace {

/// splitmix64's finaliser: rows of one group have one rank.
std::uint64_t rank_of(std::uint64_t group, std::uint64_t seed) {
    std::uint64_t mix = group + 0x9e3779b97f4a7c15 * (seed + 1);
    mix = (mix ^ (mix >> 30)) * 0xbf58476d1ce4e5b9;
    mix = (mix ^ (mix >> 27)) * 0x94d049bb133111eb;
    return mix ^ (mix >> 31);
}

}  // namespace

std::optional<std::size_t> stage_index(const std::vector<std::uint64_t>& depths, std::uint64_t depth) {
    if (depth == 0) return depths.size();
    const auto deeper = std::upper_bound(depths.begin(), depths.end(), depth);
    if (deeper == depths.begin()) return std::nullopt;
    return static_cast<std::size_t>(deeper - depths.begin()) - 1;
}

std::vector<std::uint32_t> rows_to_keep(const dataset::Table& table, const std::vector<std::uint64_t>& depths,
                                        std::uint64_t most, std::uint64_t seed) {
    using Ranked = std::pair<std::uint64_t, std::uint32_t>;  // Rank, row.
    std::map<std::pair<std::size_t, dataset::ClassIndex>, std::vector<Ranked>> kinds;
    for (std::uint32_t row = 0; row < table.rows(); ++row) {
        const auto stage = stage_index(depths, table.depth(row));
        if (!stage) continue;
        const std::uint64_t group = table.five_tuples[row] != 0 ? table.five_tuples[row] : row;
        kinds[{*stage, table.labels[row]}].emplace_back(rank_of(group, seed), row);
    }
    std::vector<std::uint32_t> kept;
    for (auto& [kind, ranked] : kinds) {
        if (ranked.size() > most) {
            std::nth_element(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(most), ranked.end());
            ranked.resize(most);
        }
        for (const Ranked& each : ranked) kept.push_back(each.second);
    }
    std::sort(kept.begin(), kept.end());
    return kept;
}

base::Result<std::vector<std::uint8_t>> pack_table(const dataset::Table& table,
                                                   const std::vector<std::uint32_t>& rows) {
    dataset::Table chosen = dataset::select_rows(table, rows);
    model::KeptRows kept{.columns = std::move(chosen.columns),
                         .labels = std::move(chosen.labels),
                         .five_tuples = std::move(chosen.five_tuples),
                         .hosts = std::move(chosen.hosts),
                         .depths = std::move(chosen.depths),
                         .times = std::move(chosen.times),
                         .sources = std::move(chosen.sources),
                         .source_names = std::move(chosen.source_names)};
    kept.hosts.resize(kept.rows());
    kept.depths.resize(kept.rows());
    if (kept.source_names.empty()) kept.source_names.emplace_back();
    return model::pack_rows(kept);
}

base::Result<dataset::Table> kept_table(const model::Model& model) {
    if (model.kept_rows.empty())
        return base::Error{
            "the model keeps no rows of its training (it was made by an earlier flowsift, or with --keep-rows 0); "
            "train it again with this flowsift"};
    auto kept = model::unpack_rows(model.kept_rows, model.schema.size(), model.classes.size());
    if (!kept) return kept.error();
    const bool has_depths = model.stages.size() > 1;
    return dataset::Table{.schema = model.schema,
                          .columns = std::move(kept->columns),
                          .labels = std::move(kept->labels),
                          .classes = model.classes,
                          .five_tuples = std::move(kept->five_tuples),
                          .hosts = std::move(kept->hosts),
                          .times = std::move(kept->times),
                          .sources = std::move(kept->sources),
                          .source_names = std::move(kept->source_names),
                          .depths = has_depths ? std::move(kept->depths) : std::vector<std::uint64_t>(),
                          .profile = model.profile};
}

}  // namespace flowsift::learn
