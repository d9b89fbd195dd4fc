// load_csv_files: labelled CSV files of any CIC style, and flowsift's own, become one Table.
//
// Single-threaded. A row that cannot be read is counted, told with its line, and skipped: one bad line never loses good
// ones. Nothing is printed: what the user should know comes back as notes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "dataset/csv_reader.h"
#include "dataset/feature_choice.h"
#include "dataset/table.h"
#include "dataset/table_builder.h"

namespace flowsift::dataset {

/// What becomes of a row with a missing (empty, NaN) or infinite cell in a chosen column. Counted in a note either way.
enum class MissingPolicy {
    kDrop,    ///< The row is left out.
    kMedian,  ///< The cell becomes the median of the finite values of its column, over all rows loaded.
    kZero,    ///< The cell becomes 0.
};

struct LoadOptions {
    FeatureChoice features;
    std::optional<features::Schema>
        schema;  ///< Exactly these columns, for an existing model; `features` is then unused.
    MissingPolicy missing = MissingPolicy::kDrop;
    ClassMerges merges;
    bool may_mix_profiles = false;  ///< Rows of different assembly profiles in one table ("mixed").
    bool needs_labels = true;       ///< Otherwise rows without a label bear kUnlabelled as their class.
    bool needs_two_classes = true;  ///< To learn; not to judge.
    bool keeps_live = false;        ///< Rows of flows that went on are kept, with their Table::depths.
    bool keeps_flows = false;       ///< Fills LoadedTable::flows.
    CsvLimits limits;
};

struct LoadedTable {
    Table table;
    std::vector<std::uint64_t> lines;           ///< Of every row: the line of its file, from 1.
    std::vector<features::FlowIdentity> flows;  ///< On request, of every row: ends, protocol, first packet, if known.
    std::uint64_t rows_read = 0;                ///< Rows of the files; rows_read = table.rows() + the five below.
    std::uint64_t rows_bad = 0;                 ///< Ragged, or a cell that is no number, address or time.
    std::uint64_t rows_missing = 0;             ///< Left out for a missing or infinite cell.
    std::uint64_t rows_unlabelled = 0;          ///< Left out for want of a label.
    std::uint64_t rows_empty = 0;               ///< Separators and nothing else.
    std::uint64_t rows_live = 0;                ///< Left out: of flows that went on (checkpoints), or of unknown depth.
    std::uint64_t cells_imputed = 0;
    std::vector<std::string> notes;  ///< One sentence each, valid UTF-8.
};

/// Errors, one sentence each with file and line: no file, a file that cannot be read, is empty, or has no row that can
/// be read; no Label column or no labelled row; a column named in an option that does not exist; no common features;
/// rows of different profiles; one single class; stopped by `progress` (told in bytes).
base::Result<LoadedTable> load_csv_files(const std::vector<std::string>& paths, const LoadOptions& options,
                                         const base::Progress& progress = {});

/// The same for readers that are already open.
base::Result<LoadedTable> load_csv(std::vector<CsvReader> readers, const LoadOptions& options,
                                   const base::Progress& progress = {});

}  // namespace flowsift::dataset
