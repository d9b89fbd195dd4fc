// RowFormer: turns what is known of a flow into the row that a schema asks for.
//
// Forms whole groups at a time and picks the schema's features from them. Owned by one thread; allocates only when
// made.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "features/feature_group.h"
#include "features/schema.h"

namespace flowsift::features {

class RowFormer {
  public:
    explicit RowFormer(const Schema& schema);

    bool needs(GroupId group) const { return parts_[static_cast<std::size_t>(group)].is_needed; }

    /// `row`: room for one value per feature of the schema. `flow` has the accumulators of every needed group.
    void form(const FlowView& flow, std::span<double> row);

  private:
    struct Pick {
        std::uint32_t from = 0;  ///< Place in the group.
        std::uint32_t to = 0;    ///< Place in the row.
    };
    struct Part {
        bool is_needed = false;
        std::size_t run_start = 0;  ///< Where the row holds the whole group in its order, if it does.
        bool is_run = false;
        std::vector<Pick> picks;  ///< Otherwise.
    };

    std::array<Part, kGroupCount> parts_;
    std::vector<double> scratch_;  ///< Room for the largest group.
};

}  // namespace flowsift::features
