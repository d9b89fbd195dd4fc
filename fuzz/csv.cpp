// Any bytes as a CSV file of flows: read record by record, loaded with and without imputation, split, and never a
// crash.
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dataset/cell.h"
#include "dataset/load.h"
#include "dataset/splits.h"

namespace {

using flowsift::dataset::CsvReader;

void check(bool holds) {
    if (!holds) std::abort();
}

/// A number without sign or blanks before it is what the standard library reads, bit by bit.
void check_number(std::string_view cell) {
    double ours = 0, standard = 0;
    const auto kind = flowsift::dataset::parse_number(cell, ours);
    const auto [end, fault] = std::from_chars(cell.data(), cell.data() + cell.size(), standard);
    if (kind != flowsift::dataset::NumberKind::kFinite || fault != std::errc{} || end != cell.data() + cell.size())
        return;
    check(std::bit_cast<std::uint64_t>(ours) == std::bit_cast<std::uint64_t>(standard));
}

void read_records(std::string_view text, const flowsift::dataset::CsvLimits& limits) {
    CsvReader reader = CsvReader::from_text(text, "fuzz", limits);
    std::uint64_t last_line = 0;
    for (auto step = reader.next(); step != CsvReader::Step::kEnd; step = reader.next()) {
        check(reader.line() > last_line);
        last_line = reader.line();
        if (step == CsvReader::Step::kBadRecord) continue;
        check(!reader.cells().empty() && reader.cells().size() <= limits.columns);
        for (const std::string_view cell : reader.cells()) {
            check(cell.size() <= limits.cell_bytes);
            check_number(cell);
        }
    }
}

void load(std::string_view text, flowsift::dataset::MissingPolicy missing, bool needs_labels) {
    flowsift::dataset::LoadOptions options;
    options.missing = missing;
    options.needs_labels = needs_labels;
    options.needs_two_classes = false;
    options.merges = {{"A", "B"}};
    std::vector<CsvReader> readers;
    readers.push_back(CsvReader::from_text(text, "fuzz"));
    const auto loaded = flowsift::dataset::load_csv(std::move(readers), options);
    if (!loaded) {
        check(!loaded.error().message.empty());
        return;
    }
    const auto& table = loaded->table;
    check(table.rows() > 0 && loaded->lines.size() == table.rows());
    check(loaded->rows_read == table.rows() + loaded->rows_bad + loaded->rows_missing + loaded->rows_unlabelled +
                                   loaded->rows_empty + loaded->rows_live);
    check(table.hosts.size() == table.rows());
    for (const auto& column : table.columns) {
        check(column.size() == table.rows());
        for (const float value : column) check(value - value == 0);  // finite
    }
    for (const auto label : table.labels) check(label < table.classes.size());
    const auto split = flowsift::dataset::split_stratified(table, 0.25, 1);
    check(split && split->train.size() + split->test.size() == table.rows());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    read_records(text, {});
    read_records(text, {3, 8, 64});
    load(text, flowsift::dataset::MissingPolicy::kDrop, true);
    load(text, flowsift::dataset::MissingPolicy::kMedian, false);
    return 0;
}
