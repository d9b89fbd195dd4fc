// The binary sections of a model file: the trees of a forest as little-endian arrays, and back.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "model/forest.h"

namespace flowsift::model {

/// trees: per tree u32 nodes, u32 leaves. nodes: per node f32 threshold, u16 feature (0xffff: a leaf), u16 zero, u32
/// left child or leaf index, f32 cover (not in format 1). values: per leaf leaf_width() f32. Trees follow one another.
struct ForestSections {
    std::vector<std::uint8_t> trees;
    std::vector<std::uint8_t> nodes;
    std::vector<std::uint8_t> values;
    std::vector<std::uint8_t> pairs;  ///< Words of LeafPairs::bits, u64; left empty here.
};

/// Precondition: check_forest(forest).
ForestSections format_forest(const Forest& forest);

/// Appends a value, little-endian. Also for the container's own header.
void append_le16(std::vector<std::uint8_t>& out, std::uint16_t value);
void append_le32(std::vector<std::uint8_t>& out, std::uint32_t value);
void append_le64(std::vector<std::uint8_t>& out, std::uint64_t value);

struct ForestBytes {
    base::Bytes trees;
    base::Bytes nodes;
    base::Bytes values;
};

/// Fills forest.trees; all else of it must be set. `version`: of the file's format. What it allocates is bounded by the
/// size of the bytes; the result has passed check_forest().
base::Result<void> parse_forest(const ForestBytes& bytes, std::uint32_t version, Forest& forest);

}  // namespace flowsift::model
