// KeptRows: the rows that a model was trained from, kept in its file, so that it can be trained again beside other
// traffic (`flowsift adapt`).
//
// A model carries them packed, as bytes that nobody looks at before they are asked for: opening a model reads and
// hashes them, no more. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace flowsift::model {

/// As dataset::Table, which is above this room: the columns are those of the model's schema, the labels index its
/// classes.
struct KeptRows {
    std::vector<std::vector<float>> columns;
    std::vector<std::uint16_t> labels;
    std::vector<std::uint64_t> five_tuples, hosts, depths;  ///< One per row; 0: unknown, or a whole flow.
    std::vector<base::Nanoseconds> times;
    std::vector<std::uint32_t> sources;  ///< Index into source_names.
    std::vector<std::string> source_names;

    std::size_t rows() const { return labels.size(); }
    bool operator==(const KeptRows&) const = default;
};

/// Most bytes that rows take when they are unpacked: 2 million rows of a hundred features.
inline constexpr std::uint64_t kMostUnpackedBytes = std::uint64_t{1} << 30;

/// zstd over arrays of bytes of one place (the first bytes of all values of a column, the second …), which compress
/// best. Error: more than kMostUnpackedBytes. Precondition: all vectors but source_names and columns have rows()
/// values, each column too.
base::Result<std::vector<std::uint8_t>> pack_rows(const KeptRows& rows);

/// Safe on any bytes: what they claim to hold is checked against `most_bytes` before room is made for it, and every
/// label, source and value against what a table may hold (finite values, `classes` labels).
base::Result<KeptRows> unpack_rows(base::Bytes packed, std::size_t columns, std::size_t classes,
                                   std::uint64_t most_bytes = kMostUnpackedBytes);

}  // namespace flowsift::model
