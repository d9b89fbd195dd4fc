// Spellings of CIC-style columns in the wild, so that any CIC-style CSV loads: one alias table.
//
// Covers the corrected and the original CIC-IDS2017 files, the short CIC-IDS2018 style, leading blanks and the doubled
// `Fwd Header Length.1`. Comparison ignores case, leading and trailing blanks.
#pragma once

#include <optional>
#include <string_view>

#include "features/catalogue.h"

namespace flowsift::features {

/// Columns that are not features of the catalogue.
enum class IdentityColumn : std::uint8_t {
    kFlowId,
    kSourceIp,
    kSourcePort,
    kDestinationIp,
    kDestinationPort,
    kProtocol,
    kTimestamp,
    kLabel,
    kIgnored,  ///< Known and of no use (id, Attempted Category, Bwd Act Data Pkts, …).
    kCapture,
    kEndReason,
    kProfile,
    kCheckpoint,  ///< Empty in the row of a flow's end. The last four are flowsift's own.
};
inline constexpr std::size_t kIdentityColumnCount = 13;

struct ColumnMeaning {
    std::optional<FeatureId> feature;  ///< Set where the column is a catalogue feature …
    std::optional<IdentityColumn>
        identity;  ///< … or where it is one of these; both for ports and Protocol. Neither: unknown.
};

/// The original CIC-IDS2017 files bear `Fwd Header Length` twice: two columns of one file may mean the same feature.
ColumnMeaning find_column(std::string_view header_cell);

}  // namespace flowsift::features
