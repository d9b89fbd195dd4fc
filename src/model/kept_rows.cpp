#include "model/kept_rows.h"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "model/forest_sections.h"

namespace flowsift::model {
namespace {

using base::Error;
using base::Result;

constexpr int kCompressionLevel = 9;
constexpr std::size_t kHeaderBytes = 16;  // u64 rows, u64 bytes of the names of the sources.
constexpr std::uint64_t kBytesBesideColumns = 2 + 3 * 8 + 8 + 4;

/// Of so many rows: u16 labels, u64 five-tuples, hosts, depths and times, u32 sources, f32 per column; then the names,
/// each ended by a zero.
std::uint64_t bytes_per_row(std::size_t columns) {
    return kBytesBesideColumns + 4 * std::uint64_t{columns};
}

/// The bytes of `values`, those of one place of all values together; the lowest first.
template <class T>
void put_planes(const std::vector<T>& values, std::vector<std::uint8_t>& out) {
    for (std::size_t byte = 0; byte < sizeof(T); ++byte)
        for (const T value : values) {
            std::uint64_t bits = 0;
            if constexpr (std::is_same_v<T, float>)
                bits = std::bit_cast<std::uint32_t>(value);
            else
                bits = static_cast<std::uint64_t>(value);
            out.push_back(static_cast<std::uint8_t>(bits >> 8 * byte));
        }
}

template <class T>
void take_planes(base::ByteReader& reader, std::size_t rows, std::vector<T>& values) {
    std::vector<std::uint64_t> bits(rows);
    for (std::size_t byte = 0; byte < sizeof(T); ++byte) {
        const base::Bytes plane = reader.bytes(rows);
        for (std::size_t i = 0; i < plane.size(); ++i) bits[i] |= std::uint64_t{plane[i]} << 8 * byte;
    }
    values.resize(rows);
    std::transform(bits.begin(), bits.end(), values.begin(), [](std::uint64_t each) {
        if constexpr (std::is_same_v<T, float>)
            return std::bit_cast<float>(static_cast<std::uint32_t>(each));
        else
            return static_cast<T>(each);
    });
}

std::vector<std::string> split_names(base::Bytes bytes) {
    std::vector<std::string> names;
    auto begin = bytes.begin();
    while (begin != bytes.end()) {
        const auto end = std::find(begin, bytes.end(), std::uint8_t{0});
        names.emplace_back(begin, end);
        begin = end == bytes.end() ? end : end + 1;
    }
    return names;
}

Result<void> check_rows(const KeptRows& rows, std::size_t classes) {
    const auto beyond = [](const auto& values, std::size_t limit) {
        return std::any_of(values.begin(), values.end(), [&](auto value) { return value >= limit; });
    };
    if (beyond(rows.labels, classes)) return Error{"a row is of a class that the model does not have"};
    if (beyond(rows.sources, rows.source_names.size())) return Error{"a row is of a file that is not named"};
    for (const std::vector<float>& column : rows.columns)
        if (!std::all_of(column.begin(), column.end(), [](float value) { return std::isfinite(value); }))
            return Error{"a value is no finite number"};
    return {};
}

Error damaged(std::string_view what) {
    return Error{fmt::format("The training rows that the model keeps cannot be read: {}.", what)};
}

}  // namespace

Result<std::vector<std::uint8_t>> pack_rows(const KeptRows& rows) {
    std::vector<std::uint8_t> names;
    for (const std::string& name : rows.source_names) {
        std::copy_if(name.begin(), name.end(), std::back_inserter(names), [](char c) { return c != 0; });
        names.push_back(0);
    }
    const std::uint64_t size = rows.rows() * bytes_per_row(rows.columns.size()) + names.size();
    if (size > kMostUnpackedBytes)
        return Error{
            fmt::format("{} rows are too many to be kept in a model; keep fewer with --keep-rows", rows.rows())};
    std::vector<std::uint8_t> plain;
    plain.reserve(size);
    put_planes(rows.labels, plain);
    for (const auto* values : {&rows.five_tuples, &rows.hosts, &rows.depths}) put_planes(*values, plain);
    put_planes(rows.times, plain);
    put_planes(rows.sources, plain);
    for (const std::vector<float>& column : rows.columns) put_planes(column, plain);
    plain.insert(plain.end(), names.begin(), names.end());

    std::vector<std::uint8_t> packed;
    append_le64(packed, rows.rows());
    append_le64(packed, names.size());
    packed.resize(kHeaderBytes + ZSTD_compressBound(plain.size()));
    const std::size_t written = ZSTD_compress(packed.data() + kHeaderBytes, packed.size() - kHeaderBytes, plain.data(),
                                              plain.size(), kCompressionLevel);
    if (ZSTD_isError(written)) return Error{fmt::format("zstd cannot pack rows: {}", ZSTD_getErrorName(written))};
    packed.resize(kHeaderBytes + written);
    return packed;
}

Result<KeptRows> unpack_rows(base::Bytes packed, std::size_t columns, std::size_t classes, std::uint64_t most_bytes) {
    base::ByteReader header(packed);
    const std::uint64_t count = header.le64(), name_bytes = header.le64();
    const base::Bytes frame = header.rest();
    if (!header.ok()) return damaged("they are cut short");
    if (count > most_bytes / bytes_per_row(columns) || name_bytes > most_bytes)
        return damaged(fmt::format("they claim to be {}, more than fit {} bytes", count, most_bytes));
    const std::uint64_t size = count * bytes_per_row(columns) + name_bytes;
    if (ZSTD_getFrameContentSize(frame.data(), frame.size()) != size)
        return damaged("they are not as many as they claim to be");
    std::vector<std::uint8_t> plain(size);
    const std::size_t unpacked = ZSTD_decompress(plain.data(), plain.size(), frame.data(), frame.size());
    if (ZSTD_isError(unpacked) || unpacked != size) return damaged("their zstd frame is damaged");

    base::ByteReader reader(plain);
    KeptRows rows;
    rows.columns.resize(columns);
    take_planes(reader, count, rows.labels);
    for (auto* values : {&rows.five_tuples, &rows.hosts, &rows.depths}) take_planes(reader, count, *values);
    take_planes(reader, count, rows.times);
    take_planes(reader, count, rows.sources);
    for (std::vector<float>& column : rows.columns) take_planes(reader, count, column);
    rows.source_names = split_names(reader.rest());
    if (const auto checked = check_rows(rows, classes); !checked) return damaged(checked.error().message);
    return rows;
}

}  // namespace flowsift::model
