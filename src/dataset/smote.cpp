#include "dataset/smote.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <new>

#include "base/message_text.h"
#include "base/parallel.h"
#include "base/random.h"
#include "dataset/cell.h"
#include "dataset/neighbours.h"
#include "dataset/scaler.h"

namespace flowsift::dataset {
namespace {

using Rows = std::vector<std::uint32_t>;
using Values = std::vector<std::vector<float>>;

constexpr std::uint64_t kMostRows = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kBatch = 4'096;  // Synthetic rows made together, column by column: their choices fit a cache.
constexpr std::uint64_t kShuffleStream = std::uint64_t{1} << 63;  // Apart from the streams of single rows.

base::Result<void> check(const Table& table, const Rows& rows, const SmoteOptions& options) {
    if (rows.empty()) return base::Error{"there is no training row to make synthetic rows from"};
    if (options.neighbours == 0 || options.danger_neighbours == 0)
        return base::Error{"SMOTE wants at least one neighbour", base::ErrorKind::kUsage};
    for (const std::uint32_t row : rows)
        if (table.depth(row) != table.depth(rows.front()))
            return base::Error{"SMOTE wants training rows of one depth: whole flows, or one checkpoint"};
    for (const auto& [name, target] : options.targets)
        if (std::find(table.classes.begin(), table.classes.end(), name) == table.classes.end())
            return base::Error{
                fmt::format("there is no class {} that could be brought to {} rows", base::quoted_for_message(name), target),
                base::ErrorKind::kUsage};
    return {};
}

/// The class's rows as places in the list of training rows, which is where they stand in the new table.
std::vector<Rows> places_of_classes(const Table& table, const Rows& rows) {
    std::vector<Rows> places(table.classes.size());
    for (std::uint32_t place = 0; place < rows.size(); ++place) places[table.labels[rows[place]]].push_back(place);
    return places;
}

Values scaled_rows(const Table& table, const Rows& rows, const Rows& places, const StandardScaler& scaler) {
    Values scaled;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        std::vector<float> column;
        column.reserve(places.size());
        for (const std::uint32_t place : places) column.push_back(scaler.scaled(c, table.columns[c][rows[place]]));
        scaled.push_back(std::move(column));
    }
    return scaled;
}

/// Columns that hold whole numbers in all of `rows`.
std::vector<bool> whole_columns(const Table& table, const Rows& rows) {
    std::vector<bool> is_whole;
    for (const auto& column : table.columns)
        is_whole.push_back(std::all_of(rows.begin(), rows.end(),
                                       [&](std::uint32_t row) { return std::trunc(column[row]) == column[row]; }));
    return is_whole;
}

/// What synthetic rows are made from: the rows of a class, as they are, and numbers within the class of the base rows
/// and of each base's k neighbours.
struct Material {
    Values rows;
    Rows bases;
    Rows neighbours;
    std::size_t k = 0;
};

class Smote {
  public:
    Smote(const Table& table, const Rows& rows, const SmoteOptions& options, const base::Progress& progress)
        : table_(table),
          rows_(rows),
          options_(options),
          progress_(progress),
          places_(places_of_classes(table, rows)),
          scaler_(StandardScaler::fit(table, rows)),
          is_whole_(whole_columns(table, rows)) {}

    base::Result<Balanced> run();

  private:
    base::Result<void> plan();
    base::Result<void> find_danger();
    base::Result<Material> gather(std::size_t c);
    void begin_table();
    void widen_columns(std::uint64_t rows);
    base::Result<void> grow(std::size_t c, const Material& material);
    void make_rows(const Material& material, std::uint64_t begin, std::uint64_t end, std::size_t offset);
    base::Progress part(std::uint64_t units);

    const Table& table_;
    const Rows& rows_;
    const SmoteOptions& options_;
    const base::Progress& progress_;
    std::vector<Rows> places_;  ///< Of each class.
    StandardScaler scaler_;
    std::vector<bool> is_whole_;      ///< By column.
    std::vector<bool> is_in_danger_;  ///< By place; of the borderline variant.
    Balanced balanced_;
    std::uint64_t units_done_ = 0, units_total_ = 0;  ///< Queries of neighbours and synthetic rows.
};

base::Result<void> Smote::plan() {
    std::uint64_t largest = 0;
    for (const Rows& places : places_) largest = std::max<std::uint64_t>(largest, places.size());
    std::uint64_t total = 0;
    for (std::size_t c = 0; c < places_.size(); ++c) {
        std::uint64_t target = options_.cap.value_or(largest);
        for (const auto& [name, wanted] : options_.targets)
            if (name == table_.classes[c]) target = wanted;
        const std::uint64_t before = places_[c].size();
        const std::uint64_t after = before == 0 ? 0 : std::max(before, target);
        balanced_.classes.push_back({table_.classes[c], before, after, 0});
        // Compared before it is added: a target may be any number.
        if (after > kMostRows - total)
            return base::Error{fmt::format("balanced, there would be more than {} rows; set a lower cap", kMostRows)};
        total += after;
        if (after > before)
            units_total_ += after - before + before * (options_.variant == SmoteVariant::kBorderline ? 2 : 1);
    }
    return {};
}

/// Progress of a step of `units` units, told as part of the whole.
base::Progress Smote::part(std::uint64_t units) {
    const std::uint64_t before = units_done_;
    units_done_ += units;
    return {
        [this, before](std::uint64_t done, std::uint64_t) { return progress_.advance(before + done, units_total_); }};
}

/// Han et al., step 1 and 2: m nearest of all rows; m/2 <= other classes' < m.
base::Result<void> Smote::find_danger() {
    is_in_danger_.assign(rows_.size(), false);
    Rows all, queries;
    for (std::uint32_t place = 0; place < rows_.size(); ++place) {
        all.push_back(place);
        const ClassGrowth& growth = balanced_.classes[table_.labels[rows_[place]]];
        if (growth.after > growth.before) queries.push_back(place);
    }
    const std::size_t m = std::min(options_.danger_neighbours, rows_.size() - 1);
    const auto nearest = nearest_neighbours(scaled_rows(table_, rows_, all, scaler_), queries, m, options_.threads,
                                            part(queries.size()));
    if (!nearest) return nearest.error();
    for (std::size_t i = 0; i < queries.size(); ++i) {
        const auto first = nearest->begin() + static_cast<std::ptrdiff_t>(i * m);
        const ClassIndex own = table_.labels[rows_[queries[i]]];
        const auto others =
            static_cast<std::size_t>(std::count_if(first, first + static_cast<std::ptrdiff_t>(m),
                                                   [&](auto place) { return table_.labels[rows_[place]] != own; }));
        is_in_danger_[queries[i]] = 2 * others >= m && others < m;
    }
    return {};
}

base::Result<Material> Smote::gather(std::size_t c) {
    const Rows& places = places_[c];
    Material material;
    material.k = std::min(options_.neighbours, places.size() - 1);
    Rows queries;  // As numbers within the class.
    for (std::uint32_t i = 0; i < places.size(); ++i)
        if (is_in_danger_.empty() || is_in_danger_[places[i]]) queries.push_back(i);
    // Shuffled, so that the rows which get one synthetic row more than the others are chosen by the seed.
    base::Random random(options_.seed, kShuffleStream + c);
    random.shuffle(queries);
    auto nearest = nearest_neighbours(scaled_rows(table_, rows_, places, scaler_), queries, material.k,
                                      options_.threads, part(places.size()));
    if (!nearest) return nearest.error();
    material.bases = std::move(queries);
    material.neighbours = std::move(*nearest);
    if (material.k == 0) {  // A lone row can only be repeated.
        material.neighbours = material.bases;
        material.k = 1;
    }
    for (const auto& column : table_.columns) {
        material.rows.emplace_back();
        for (const std::uint32_t place : places) material.rows.back().push_back(column[rows_[place]]);
    }
    return material;
}

/// The training rows, with room for all that comes.
void Smote::begin_table() {
    std::uint64_t total = 0;
    for (const ClassGrowth& growth : balanced_.classes) total += growth.after;
    Table& made = balanced_.table;
    made.schema = table_.schema;
    made.classes = table_.classes;
    made.source_names = table_.source_names;
    made.source_names.emplace_back(kSyntheticSource);
    made.profile = table_.profile;
    made.columns.resize(table_.columns.size());
    for (auto& column : made.columns) column.reserve(total);  // Here, where too much can still be told.
    base::parallel_for(made.columns.size(), options_.threads, [&](std::size_t c, std::size_t) {
        for (const std::uint32_t row : rows_) made.columns[c].push_back(table_.columns[c][row]);
    });
    for (const std::uint32_t row : rows_) {
        made.labels.push_back(table_.labels[row]);
        made.five_tuples.push_back(table_.five_tuples[row]);
        if (!table_.hosts.empty()) made.hosts.push_back(table_.hosts[row]);
        made.times.push_back(table_.times[row]);
        made.sources.push_back(table_.sources[row]);
    }
}

void Smote::widen_columns(std::uint64_t rows) {
    Table& made = balanced_.table;
    base::parallel_for(made.columns.size(), options_.threads,
                       [&](std::size_t c, std::size_t) { made.columns[c].resize(rows); });
}

/// Synthetic rows [begin, end) of a class, the first of which stands at `offset` of the new table. Row i has base
/// i mod bases; its neighbour and its place between the two come from a random sequence of its own.
void Smote::make_rows(const Material& material, std::uint64_t begin, std::uint64_t end, std::size_t offset) {
    const std::size_t count = end - begin;
    std::vector<std::uint32_t> bases(count), neighbours(count);
    std::vector<double> shares(count);
    for (std::size_t i = 0; i < count; ++i) {
        base::Random random(options_.seed, offset + begin + i);
        const std::size_t base = (begin + i) % material.bases.size();
        bases[i] = material.bases[base];
        neighbours[i] = material.neighbours[base * material.k + random.below(static_cast<std::uint32_t>(material.k))];
        shares[i] = random.uniform();
    }
    // Added and taken away it rounds a smaller double to the nearest whole number; the larger floats are whole anyway.
    constexpr double kRounder = 0x1.8p52;
    for (std::size_t c = 0; c < is_whole_.size(); ++c) {
        const std::vector<float>& values = material.rows[c];
        float* const out = balanced_.table.columns[c].data() + offset + begin;
        const bool is_whole = is_whole_[c];
        for (std::size_t i = 0; i < count; ++i) {
            const auto from = static_cast<double>(values[bases[i]]), to = static_cast<double>(values[neighbours[i]]);
            const double value = from + shares[i] * (to - from);
            out[i] = static_cast<float>(is_whole && std::abs(value) < 0x1p51 ? value + kRounder - kRounder : value);
        }
    }
}

base::Result<void> Smote::grow(std::size_t c, const Material& material) {
    Table& made = balanced_.table;
    ClassGrowth& growth = balanced_.classes[c];
    const std::size_t offset = made.rows();
    const std::uint64_t wanted = growth.after - growth.before;
    growth.bases = std::min<std::uint64_t>(material.bases.size(), wanted);
    widen_columns(offset + wanted);
    const base::Progress step = part(wanted);
    std::atomic<std::uint64_t> done{0};
    std::atomic<bool> is_stopped{false};
    base::parallel_for((wanted + kBatch - 1) / kBatch, options_.threads, [&](std::size_t batch, std::size_t) {
        if (is_stopped) return;
        const std::uint64_t begin = batch * kBatch, end = std::min<std::uint64_t>(begin + kBatch, wanted);
        make_rows(material, begin, end, offset);
        if (!step.advance(done += end - begin, wanted)) is_stopped = true;
    });
    if (is_stopped) return base::Error{"stopped while making synthetic rows"};
    const std::size_t rows = offset + wanted;
    made.labels.resize(rows, static_cast<ClassIndex>(c));
    made.five_tuples.resize(rows, 0);
    if (!made.hosts.empty()) made.hosts.resize(rows, 0);
    made.times.resize(rows, 0);
    made.sources.resize(rows, static_cast<std::uint32_t>(made.source_names.size() - 1));
    return {};
}

base::Result<Balanced> Smote::run() {
    if (auto planned = plan(); !planned) return planned.error();
    if (options_.variant == SmoteVariant::kBorderline && units_total_ > 0)
        if (auto found = find_danger(); !found) return found.error();
    begin_table();
    for (std::size_t c = 0; c < places_.size(); ++c) {
        ClassGrowth& growth = balanced_.classes[c];
        if (growth.after == growth.before) continue;
        const auto material = gather(c);
        if (!material) return material.error();
        if (material->bases.empty())
            growth.after = growth.before;  // No row is in danger.
        else if (auto grown = grow(c, *material); !grown)
            return grown.error();
    }
    if (!table_.depths.empty()) balanced_.table.depths.assign(balanced_.table.rows(), table_.depth(rows_.front()));
    return std::move(balanced_);
}

}  // namespace

base::Result<Balanced> smote(const Table& table, const Rows& rows, const SmoteOptions& options,
                             const base::Progress& progress) {
    if (auto checked = check(table, rows, options); !checked) return checked.error();
    try {
        return Smote(table, rows, options, progress).run();
    } catch (const std::bad_alloc&) {
        return base::Error{"there is not enough memory for that many synthetic rows; set a lower cap"};
    }
}

}  // namespace flowsift::dataset
