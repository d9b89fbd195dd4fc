// The binary sections of a model file: the trees of a forest as little-endian arrays, and back.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "model/forest.h"

namespace flowsift::model {

/// trees: per tree u32 nodes, u32 distributions. nodes: per node f32 threshold, u16 feature (0xffff: a leaf), u16 zero,
/// u32 left child or leaf index. distributions: per distribution class_count f32. Trees follow one another.
struct ForestSections {
    std::vector<std::uint8_t> trees;
    std::vector<std::uint8_t> nodes;
    std::vector<std::uint8_t> distributions;
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
    base::Bytes distributions;
};

/// Fills forest.trees; feature_count and class_count must be set. What it allocates is bounded by the size of the
/// bytes; the result has passed check_forest().
base::Result<void> parse_forest(const ForestBytes& bytes, Forest& forest);

}  // namespace flowsift::model
