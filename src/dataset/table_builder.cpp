#include "dataset/table_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/message_text.h"
#include "dataset/cell.h"
#include "dataset/five_tuple.h"

namespace flowsift::dataset {
namespace {

constexpr std::size_t kMostClasses = 1'000;
constexpr std::size_t kPendingValues = 16'384;  // 64 KiB: what a first-level or second-level cache holds.

}  // namespace

TableBuilder::TableBuilder(features::Schema schema, std::string profile, ClassMerges merges)
    : merges_(std::move(merges)), merged_rows_(merges_.size()) {
    table_.columns.resize(schema.size());
    table_.schema = std::move(schema);
    table_.profile = std::move(profile);
}

void TableBuilder::begin_source(std::string name) {
    table_.source_names.push_back(std::move(name));
}

void TableBuilder::expect_rows(std::size_t rows) {
    // Half as much again at the least: many small files in a row must not copy all rows for each of them.
    const auto reserve = [&](auto& column) {
        if (rows > column.capacity()) column.reserve(std::max(rows, column.capacity() * 3 / 2));
    };
    for (auto& column : table_.columns) reserve(column);
    reserve(table_.labels);
    reserve(table_.five_tuples);
    reserve(table_.times);
    reserve(table_.sources);
}

base::Result<void> TableBuilder::add_row(const features::FlowRow& row, std::string_view label, std::uint64_t depth) {
    scratch_.assign(row.values.size(), 0);
    std::transform(row.values.begin(), row.values.end(), scratch_.begin(),
                   [](double value) { return static_cast<float>(value); });
    return add_row(scratch_, label, {five_tuple_of(row.identity), host_of(row.identity), row.identity.first, depth});
}

base::Result<void> TableBuilder::add_row(std::span<const float> values, std::string_view label,
                                         const RowOrigin& origin) {
    if (table_.rows() == std::numeric_limits<std::uint32_t>::max())
        return base::Error{"there are more than 4,294,967,295 rows; give fewer files"};
    const auto class_index = class_of(label);
    if (!class_index) return class_index.error();
    pending_.insert(pending_.end(), values.begin(), values.end());
    if (pending_.size() >= kPendingValues) flush_values();
    table_.labels.push_back(*class_index);
    table_.five_tuples.push_back(origin.five_tuple);
    table_.hosts.push_back(origin.host);
    table_.times.push_back(origin.time);
    table_.sources.push_back(static_cast<std::uint32_t>(table_.source_names.size() - 1));
    if (origin.depth > 0 || !table_.depths.empty()) {
        table_.depths.resize(table_.rows() - 1, 0);
        table_.depths.push_back(origin.depth);
    }
    return {};
}

base::Result<ClassIndex> TableBuilder::class_of(std::string_view label) {
    if (label != last_label_ || known_.empty()) {
        auto found = known_.find(label);
        if (found == known_.end()) {
            std::string name = to_utf8(trim(label));
            const auto merge = std::find_if(merges_.begin(), merges_.end(), [&](auto& m) { return m.first == name; });
            if (merge != merges_.end()) name = merge->second;
            auto& classes = table_.classes;
            auto place = std::find(classes.begin(), classes.end(), name);
            if (place == classes.end()) place = classes.insert(classes.end(), name);
            if (classes.size() > kMostClasses)
                return base::Error{
                    fmt::format("there are more than {} classes; is the Label column the right one?", kMostClasses)};
            found = known_.try_emplace(std::string(label)).first;
            found->second = {static_cast<ClassIndex>(place - classes.begin()),
                             static_cast<std::size_t>(merge - merges_.begin())};
        }
        last_label_ = label;
        last_known_ = found->second;
    }
    if (last_known_.merge < merges_.size()) ++merged_rows_[last_known_.merge];
    return last_known_.index;
}

void TableBuilder::flush_values() {
    const std::size_t width = table_.columns.size(), rows = width > 0 ? pending_.size() / width : 0;
    for (std::size_t i = 0; i < width; ++i) {
        auto& column = table_.columns[i];
        const std::size_t before = column.size();
        column.resize(before + rows);
        for (std::size_t row = 0; row < rows; ++row) column[before + row] = pending_[row * width + i];
    }
    pending_.clear();
}

Table TableBuilder::finish() {
    flush_values();
    std::vector<ClassIndex> order(table_.classes.size());
    std::iota(order.begin(), order.end(), ClassIndex{0});
    std::sort(order.begin(), order.end(),
              [&](ClassIndex a, ClassIndex b) { return table_.classes[a] < table_.classes[b]; });
    std::vector<ClassIndex> place(order.size());
    std::vector<std::string> sorted;
    for (const ClassIndex old : order) {
        place[old] = static_cast<ClassIndex>(sorted.size());
        sorted.push_back(std::move(table_.classes[old]));
    }
    table_.classes = std::move(sorted);
    for (ClassIndex& label : table_.labels) label = place[label];
    return std::move(table_);
}

base::Result<void> check_learnable(const Table& table) {
    if (table.rows() == 0) return base::Error{"there is no row to learn from; give files with labelled flows"};
    const auto [low, high] = std::minmax_element(table.labels.begin(), table.labels.end());
    if (*low == *high)
        return base::Error{
            fmt::format("all {} rows bear the one label {}; a classifier wants at least two classes: "
                        "give files with other traffic too",
                        table.rows(), base::quoted_for_message(table.classes[*low]))};
    return {};
}

}  // namespace flowsift::dataset
