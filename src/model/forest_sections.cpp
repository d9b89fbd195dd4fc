#include "model/forest_sections.h"

#include <fmt/format.h>

#include <bit>

#include "model/forest_check.h"

namespace flowsift::model {
namespace {

using base::ByteReader;
using base::Error;
using base::Result;

constexpr std::size_t kTreeBytes = 8;
constexpr std::size_t kCoverBytes = 4;
constexpr std::size_t kNodeBytes = 12;  // Without the cover.
constexpr std::uint16_t kLeafMark = 0xffff;
static_assert(kMaxFeatures < kLeafMark);

template <class T>
void append_little_endian(std::vector<std::uint8_t>& out, T value) {
    for (std::size_t shift = 0; shift < 8 * sizeof(T); shift += 8)
        out.push_back(static_cast<std::uint8_t>(value >> shift));
}

float read_float(ByteReader& reader) {
    return std::bit_cast<float>(reader.le32());
}

Result<Node> read_node(ByteReader& reader, bool has_cover) {
    Node node;
    node.threshold = read_float(reader);
    const std::uint16_t feature = reader.le16();
    const std::uint16_t zero = reader.le16();
    const std::uint32_t index = reader.le32();
    node.is_leaf = feature == kLeafMark;
    (node.is_leaf ? node.leaf : node.left) = index;
    if (!node.is_leaf) node.feature = feature;
    if (has_cover) node.cover = read_float(reader);
    if (zero != 0 || (node.is_leaf && std::bit_cast<std::uint32_t>(node.threshold) != 0))
        return Error{"a field that must be zero is not"};
    return node;
}

/// Trees as counted in the tree section, or why the sections do not fit together.
Result<void> check_sizes(const ForestBytes& bytes, std::size_t leaf_width, std::size_t node_bytes) {
    if (bytes.trees.size() % kTreeBytes != 0 || bytes.trees.size() / kTreeBytes > kMaxTrees)
        return Error{fmt::format("its list of trees has {} bytes", bytes.trees.size())};
    std::uint64_t nodes = 0;
    std::uint64_t leaves = 0;
    for (ByteReader reader(bytes.trees); reader.remaining() > 0;) {
        nodes += reader.le32();
        leaves += reader.le32();
    }
    if (nodes * node_bytes != bytes.nodes.size())
        return Error{
            fmt::format("its trees want {} nodes, but {} bytes of nodes are there", nodes, bytes.nodes.size())};
    if (leaves * leaf_width * sizeof(float) != bytes.values.size())
        return Error{fmt::format("its trees want {} leaves of {} values, but {} bytes of leaves are there", leaves,
                                 leaf_width, bytes.values.size())};
    return {};
}

}  // namespace

void append_le16(std::vector<std::uint8_t>& out, std::uint16_t value) {
    append_little_endian(out, value);
}
void append_le32(std::vector<std::uint8_t>& out, std::uint32_t value) {
    append_little_endian(out, value);
}
void append_le64(std::vector<std::uint8_t>& out, std::uint64_t value) {
    append_little_endian(out, value);
}

ForestSections format_forest(const Forest& forest) {
    ForestSections sections;
    for (const Tree& tree : forest.trees) {
        append_le32(sections.trees, static_cast<std::uint32_t>(tree.nodes.size()));
        append_le32(sections.trees, static_cast<std::uint32_t>(tree.values.size() / forest.leaf_width()));
        for (const Node& node : tree.nodes) {
            append_le32(sections.nodes, node.is_leaf ? 0 : std::bit_cast<std::uint32_t>(node.threshold));
            append_le16(sections.nodes, node.is_leaf ? kLeafMark : node.feature);
            append_le16(sections.nodes, 0);
            append_le32(sections.nodes, node.is_leaf ? node.leaf : node.left);
            append_le32(sections.nodes, std::bit_cast<std::uint32_t>(node.cover));
        }
        for (const float value : tree.values) append_le32(sections.values, std::bit_cast<std::uint32_t>(value));
    }
    return sections;
}

Result<void> parse_forest(const ForestBytes& bytes, std::uint32_t version, Forest& forest) {
    const bool has_cover = version >= 2;
    const std::size_t node_bytes = kNodeBytes + (has_cover ? kCoverBytes : 0);
    if (auto fits = check_sizes(bytes, forest.leaf_width(), node_bytes); !fits) return fits;
    ByteReader trees(bytes.trees);
    ByteReader nodes(bytes.nodes);
    ByteReader values(bytes.values);
    forest.trees.assign(bytes.trees.size() / kTreeBytes, {});
    for (Tree& tree : forest.trees) {
        const std::size_t node_count = trees.le32();
        tree.nodes.reserve(node_count);
        tree.values.resize(trees.le32() * forest.leaf_width());
        for (std::size_t i = 0; i < node_count; ++i) {
            auto node = read_node(nodes, has_cover);
            if (!node) return node.error();
            tree.nodes.push_back(*node);
        }
        for (float& value : tree.values) value = read_float(values);
    }
    return check_forest(forest);
}

}  // namespace flowsift::model
