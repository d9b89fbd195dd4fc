#include "features/row_former.h"

#include <algorithm>

namespace flowsift::features {

RowFormer::RowFormer(const Schema& schema) {
    std::size_t first = 0;  // Of the group, in the catalogue.
    for (std::size_t g = 0; g < kGroupCount; ++g) {
        const std::size_t size = feature_groups()[g].features.size();
        Part& part = parts_[g];
        for (std::size_t i = 0; i < schema.size(); ++i) {
            const std::size_t id = schema.features[i];
            if (id >= first && id < first + size)
                part.picks.push_back({static_cast<std::uint32_t>(id - first), static_cast<std::uint32_t>(i)});
        }
        part.is_needed = !part.picks.empty();
        part.is_run = part.picks.size() == size;
        for (std::size_t i = 0; i < part.picks.size() && part.is_run; ++i)
            part.is_run = part.picks[i].from == i && part.picks[i].to == part.picks[0].to + i;
        if (part.is_run) part.run_start = part.picks[0].to;
        first += size;
        scratch_.resize(std::max(scratch_.size(), size));
    }
}

void RowFormer::form(const FlowView& flow, std::span<double> row) {
    for (std::size_t g = 0; g < kGroupCount; ++g) {
        const Part& part = parts_[g];
        if (!part.is_needed) continue;
        const FeatureGroup& group = feature_groups()[g];
        if (part.is_run) {
            group.form(flow, row.data() + part.run_start);
            continue;
        }
        group.form(flow, scratch_.data());
        for (const Pick& pick : part.picks) row[pick.to] = scratch_[pick.from];
    }
}

}  // namespace flowsift::features
