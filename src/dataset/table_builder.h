// TableBuilder: a Table from rows that come one by one, from a CSV file or straight from the flow meter.
//
// Class names are merged, made valid UTF-8 and sorted here, so that every way in gives the same Table for the same
// rows. Owned by one thread.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "dataset/table.h"
#include "features/schema.h"

namespace flowsift::dataset {

/// Pairs of a class and the name that its rows get instead ("Infiltration - Portscan" = "Portscan").
using ClassMerges = std::vector<std::pair<std::string, std::string>>;

/// What `flowsift flows` writes into the Label column: no row bears it as a class.
inline constexpr std::string_view kUnlabelled = "NeedManualLabel";

/// Where a row comes from; as the members of Table, 0 where unknown.
struct RowOrigin {
    std::uint64_t five_tuple = 0;
    std::uint64_t host = 0;
    base::Nanoseconds time = 0;
    std::uint64_t depth = 0;
};

class TableBuilder {
  public:
    TableBuilder(features::Schema schema, std::string profile, ClassMerges merges = {});

    /// Every row belongs to the source added last; call it before the first row.
    void begin_source(std::string name);

    /// Room for this many rows in all, where the caller can tell: fewer copies while the table grows.
    void expect_rows(std::size_t rows);

    /// `values` in schema order; they are rounded to float32. The Error says that there are too many rows or classes.
    base::Result<void> add_row(const features::FlowRow& row, std::string_view label, std::uint64_t depth = 0);

    /// The same for a row whose identity may be unknown. A value may be NaN where the caller fills it in later.
    base::Result<void> add_row(std::span<const float> values, std::string_view label, const RowOrigin& origin);

    /// Rows whose class was renamed, per entry of the merges.
    const std::vector<std::uint64_t>& merged_rows() const { return merged_rows_; }

    std::size_t rows() const { return table_.rows(); }

    /// Sorts the classes. The builder is spent afterwards.
    Table finish();

  private:
    base::Result<ClassIndex> class_of(std::string_view label);
    void flush_values();

    Table table_;
    std::vector<float> pending_;  ///< Values of the latest rows, row by row: columns grow by blocks, not by cells.
    ClassMerges merges_;
    std::vector<std::uint64_t> merged_rows_;
    std::vector<float> scratch_;
    struct Known {
        ClassIndex index;
        std::size_t merge;  ///< Entry of the merges that renamed it, or their number.
    };
    std::map<std::string, Known, std::less<>> known_;  ///< By the spelling in the input.
    std::string last_label_;
    Known last_known_{};
};

/// An Error in one sentence where nothing can be learnt: no rows, or one single class.
base::Result<void> check_learnable(const Table& table);

}  // namespace flowsift::dataset
