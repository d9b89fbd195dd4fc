// CsvColumns: what the columns of one CSV file mean, read from its header line, in any order and spelling.
//
// Reads a flow's identity out of a record. Owned by whoever reads the file; immutable once made.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dataset/csv_reader.h"
#include "features/aliases.h"
#include "features/schema.h"

namespace flowsift::dataset {

using features::IdentityColumn;
using Cells = std::span<const std::string_view>;

class CsvColumns {
  public:
    /// Reads the header. Errors: an empty or unreadable file, no column that flowsift knows.
    static base::Result<CsvColumns> read_header(CsvReader& reader);

    std::size_t size() const { return names_.size(); }
    const std::string& name(std::size_t column) const { return names_[column]; }

    /// Features that the file has, each once, in the order of its columns.
    const std::vector<features::FeatureId>& features() const { return features_; }

    std::optional<std::size_t> find(features::FeatureId feature) const;
    std::optional<std::size_t> find(IdentityColumn column) const { return identity_[static_cast<std::size_t>(column)]; }

    /// Not written by flowsift, which states the assembly profile in a column of its own.
    bool is_foreign() const { return !find(IdentityColumn::kProfile); }

    /// Valid UTF-8 names of columns that flowsift does not know, or that repeat an earlier one.
    const std::vector<std::string>& ignored() const { return ignored_; }

    bool has_five_tuple() const;

    /// Addresses, ports and protocol. False where a cell is none of these; `fault` is then its column. What the file
    /// has no column for stays as it is. Precondition of both: size() cells.
    bool read_endpoints(Cells cells, features::FlowIdentity& identity, std::size_t& fault) const;

    /// The time of the first packet; the same contract.
    bool read_time(Cells cells, features::FlowIdentity& identity, std::size_t& fault) const;

  private:
    void add_column(std::string_view cell);

    template <class Parse, class Field>
    bool read(Cells cells, IdentityColumn which, Parse parse, Field& field, std::size_t& fault) const {
        const auto column = find(which);
        if (!column || parse(cells[*column], field)) return true;
        fault = *column;
        return false;
    }

    std::vector<std::string> names_;
    std::vector<features::FeatureId> features_;
    std::vector<std::size_t> feature_columns_;  ///< Parallel to features_.
    std::array<std::optional<std::size_t>, features::kIdentityColumnCount> identity_;
    std::vector<std::string> ignored_;
};

}  // namespace flowsift::dataset
