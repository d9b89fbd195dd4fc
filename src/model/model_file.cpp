#include "model/model_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "base/hash.h"
#include "model/file_io.h"
#include "model/forest_check.h"
#include "model/forest_sections.h"
#include "model/model_metadata.h"

namespace flowsift::model {
namespace {

using base::ByteReader;
using base::Bytes;
using base::Error;
using base::Result;

// Not text (first byte), and damaged visibly by a transfer that takes it for text (line ends, Ctrl-Z), as PNG does it.
constexpr std::array<std::uint8_t, 8> kMagic = {0x89, 'F', 'L', 'O', 'W', '\r', '\n', 0x1a};
constexpr std::size_t kHeaderBytes = 24;
constexpr std::size_t kSectionEntryBytes = 24;
constexpr std::size_t kChecksumBytes = 32;
constexpr std::size_t kAlignment = 8;
constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 30;

/// The metadata, then those of each stage, then the rows. Format 1 had no pairs, format 2 no rows.
enum SectionId : std::uint32_t { kMetadata = 1, kTrees, kNodes, kValues, kPairs, kRows };
constexpr std::size_t kSectionsPerStage = 4;
using Sections = std::vector<Bytes>;  ///< In the order of the file.

struct SectionName {
    std::uint32_t id;
    std::uint32_t stage;
};
constexpr std::size_t sections_per_stage(std::uint32_t version) {
    return version == 1 ? kSectionsPerStage - 1 : kSectionsPerStage;
}
/// Beside those of the stages.
constexpr std::size_t other_sections(std::uint32_t version) {
    return version < 3 ? 1 : 2;
}
/// Of `count` sections, the one at `place`.
constexpr SectionName section_name(std::uint32_t version, std::size_t place, std::size_t count) {
    if (place == 0) return {kMetadata, 0};
    if (version >= 3 && place == count - 1) return {kRows, 0};
    return {static_cast<std::uint32_t>(kTrees + (place - 1) % kSectionsPerStage),
            static_cast<std::uint32_t>((place - 1) / kSectionsPerStage)};
}

struct Container {
    std::uint32_t version = 0;
    Sections sections;
    std::string hash;  ///< Of the file.
};

constexpr std::size_t aligned(std::size_t size) {
    return (size + kAlignment - 1) / kAlignment * kAlignment;
}

bool starts_with(Bytes file, std::string_view prefix) {
    return file.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), file.begin(),
                                                      [](char a, auto b) { return static_cast<std::uint8_t>(a) == b; });
}

/// What a file that is no model of ours seems to be, for the message.
std::string_view guess_kind(Bytes file) {
    struct Kind {
        std::string_view prefix;
        std::string_view name;
    };
    static constexpr Kind kKinds[] = {
        {"\x80\x02", "a Python pickle"},
        {"\x80\x03", "a Python pickle"},
        {"\x80\x04", "a Python pickle"},
        {"\x80\x05", "a Python pickle"},
        {"PK\x03\x04", "a zip archive"},
        {"\x1f\x8b", "gzip"},
        {"\x28\xb5\x2f\xfd", "zstd"},
        {"\x78\x9c", "zlib or joblib"},
        {"{L", "UBJSON (an XGBoost model?)"},
        {"{", "JSON (an XGBoost model?)"},
        {"\x89HDF", "HDF5 (Keras?)"},
        {"\x93NUMPY", "a NumPy array"},
        {"\xd4\xc3\xb2\xa1", "a capture"},
        {"\xa1\xb2\xc3\xd4", "a capture"},
        {"\x4d\x3c\xb2\xa1", "a capture"},
        {"\x0a\x0d\x0d\x0a", "a capture"},
        {"\x7f"
         "ELF",
         "a program"},
        {"SQLite format 3", "an SQLite database"},
    };
    for (const Kind& kind : kKinds)
        if (starts_with(file, kind.prefix)) return kind.name;
    const Bytes head = file.first(std::min<std::size_t>(file.size(), 512));
    const bool is_text = std::all_of(head.begin(), head.end(),
                                     [](std::uint8_t c) { return c >= 0x20 || c == '\n' || c == '\r' || c == '\t'; });
    if (is_text && std::find(head.begin(), head.end(), ',') != head.end()) return "a CSV table";
    return is_text ? "text" : "unknown binary data";
}

Result<void> check_magic(Bytes file) {
    if (file.empty()) return Error{"it is empty"};
    const std::size_t present = std::min(file.size(), kMagic.size());
    if (!std::equal(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(present), kMagic.begin()))
        return Error{fmt::format("it is not a flowsift model; it looks like {}", guess_kind(file))};
    if (file.size() < kHeaderBytes)
        return Error{fmt::format("it is truncated at byte {}, within its header", file.size())};
    return {};
}

struct Header {
    std::uint32_t version = 0;
    std::uint32_t section_count = 0;
    std::string hash;  ///< Of the file.
};

/// Size, checksum, version: in this order, so that damage is told from a newer program's file.
Result<Header> read_header(Bytes file) {
    if (auto checked = check_magic(file); !checked) return checked.error();
    ByteReader reader(file);
    reader.skip(kMagic.size());
    const std::uint32_t version = reader.le32();
    const std::uint32_t section_count = reader.le32();
    const std::uint64_t size = reader.le64();
    if (size > file.size()) return Error{fmt::format("it is truncated at byte {} of {}", file.size(), size)};
    if (size < file.size())
        return Error{fmt::format("it goes on for {} bytes after its end at byte {}", file.size() - size, size)};
    if (size < kHeaderBytes + kChecksumBytes) return Error{fmt::format("it is altered: it claims {} bytes", size)};
    base::Sha256 hash;  // Goes over the file once, for the checksum and for the hash of all.
    hash.update(file.first(file.size() - kChecksumBytes));
    const auto checksum = hash.so_far();
    hash.update(file.last(kChecksumBytes));
    if (!std::equal(checksum.begin(), checksum.end(), file.last(kChecksumBytes).begin()))
        return Error{"it is altered: its checksum differs from its content"};
    if (version > kModelFormatVersion)
        return Error{fmt::format("it is of format {}, and this program reads up to {}; use a newer flowsift", version,
                                 kModelFormatVersion)};
    if (version == 0) return Error{"it is of format 0, which does not exist"};
    const std::size_t per_stage = sections_per_stage(version), others = other_sections(version);
    const std::size_t most = others + per_stage * (version == 1 ? 1 : kMaxStages);
    if (section_count < others + per_stage || section_count > most || (section_count - others) % per_stage != 0)
        return Error{fmt::format("it has {} sections, which no model of format {} has", section_count, version)};
    return Header{version, section_count, base::to_hex(hash.finish())};
}

/// The sections stand in the order of section_name(), without gaps but for the alignment.
Result<Container> read_container(Bytes file) {
    const auto header = read_header(file);
    if (!header) return header.error();
    ByteReader table(file.first(file.size() - kChecksumBytes));
    table.skip(kHeaderBytes);
    Container container{header->version, {}, header->hash};
    std::size_t due = kHeaderBytes + header->section_count * kSectionEntryBytes;
    for (std::size_t place = 0; place < header->section_count; ++place) {
        const SectionName wanted = section_name(header->version, place, header->section_count);
        const std::uint32_t id = table.le32();
        const std::uint32_t stage = table.le32();
        const std::uint64_t offset = table.le64();
        const std::uint64_t size = table.le64();
        const std::size_t end = file.size() - kChecksumBytes;
        if (!table.ok() || id != wanted.id || stage != wanted.stage || offset != due || due > end || size > end - due)
            return Error{fmt::format("section {} (id {}, stage {}, offset {}, size {}) is not where it should be",
                                     place + 1, id, stage, offset, size)};
        container.sections.push_back(file.subspan(offset, size));
        due = aligned(offset + size);
    }
    if (due != file.size() - kChecksumBytes) return Error{"its sections do not fill the file"};
    return container;
}

Result<void> parse_pairs(Bytes section, Stage& stage) {
    if (section.size() % sizeof(std::uint64_t) != 0)
        return Error{fmt::format("its set of leaf pairs has {} bytes", section.size())};
    ByteReader reader(section);
    stage.pairs.bits.resize(section.size() / sizeof(std::uint64_t));
    for (std::uint64_t& word : stage.pairs.bits) word = reader.le64();
    return check_pairs(stage.pairs, stage.forest);
}

Result<Model> parse_sections(Bytes file) {
    const auto container = read_container(file);
    if (!container) return container.error();
    const Sections& sections = container->sections;
    auto model = parse_metadata(sections[0], container->version);
    if (!model) return model;
    const std::size_t per_stage = sections_per_stage(container->version);
    const std::size_t stages = (sections.size() - other_sections(container->version)) / per_stage;
    if (model->stages.size() != stages)
        return Error{fmt::format("its metadata tells of {} stages, but {} are there", model->stages.size(), stages)};
    for (std::size_t stage = 0; stage < model->stages.size(); ++stage) {
        const Bytes* of_stage = &sections[1 + stage * per_stage];
        const ForestBytes bytes = {of_stage[0], of_stage[1], of_stage[2]};
        if (auto parsed = parse_forest(bytes, container->version, model->stages[stage].forest); !parsed)
            return parsed.error();
        if (per_stage == kSectionsPerStage)
            if (auto parsed = parse_pairs(of_stage[3], model->stages[stage]); !parsed) return parsed.error();
    }
    model->hash = container->hash;
    if (container->version >= 3) model->kept_rows.assign(sections.back().begin(), sections.back().end());
    return model;
}

ForestSections format_stage(const Stage& stage) {
    ForestSections sections = format_forest(stage.forest);
    for (const std::uint64_t word : stage.pairs.bits) append_le64(sections.pairs, word);
    return sections;
}

/// What format_model() must refuse for parse_model() would.
Result<void> check_writable(const Model& model) {
    if (auto checked = model.check_stages(); !checked) return checked;
    if (model.stages.size() > kMaxStages)
        return Error{fmt::format("it has {} stages, more than {}", model.stages.size(), kMaxStages)};
    if (!model.unknown_features.empty()) return Error{"it has features that this program does not know"};
    const Stump& baseline = model.baseline;
    if (baseline.feature >= model.schema.size() || std::max(baseline.at_most, baseline.above) >= model.classes.size() ||
        !std::isfinite(baseline.threshold))
        return Error{"its baseline is out of range"};
    for (const Stage& stage : model.stages) {
        if (auto checked = check_forest(stage.forest); !checked) return checked;
        if (auto checked = check_calibration(stage.calibration, model.classes.size()); !checked) return checked;
        if (auto checked = check_conformal(stage.conformal, model.classes.size()); !checked) return checked;
        if (auto checked = check_pairs(stage.pairs, stage.forest); !checked) return checked;
        if (auto checked = check_reference(stage.reference, model.schema.size()); !checked) return checked;
    }
    return {};
}

std::vector<std::uint8_t> assemble(const Sections& sections) {
    std::vector<std::uint8_t> file(kMagic.begin(), kMagic.end());
    std::size_t size = kHeaderBytes + sections.size() * kSectionEntryBytes;
    for (const Bytes section : sections) size += aligned(section.size());
    file.reserve(size + kChecksumBytes);
    append_le32(file, kModelFormatVersion);
    append_le32(file, static_cast<std::uint32_t>(sections.size()));
    append_le64(file, size + kChecksumBytes);
    std::size_t offset = kHeaderBytes + sections.size() * kSectionEntryBytes;
    for (std::size_t place = 0; place < sections.size(); ++place) {
        const SectionName name = section_name(kModelFormatVersion, place, sections.size());
        append_le32(file, name.id);
        append_le32(file, name.stage);
        append_le64(file, offset);
        append_le64(file, sections[place].size());
        offset += aligned(sections[place].size());
    }
    for (const Bytes section : sections) {
        file.insert(file.end(), section.begin(), section.end());
        file.resize(aligned(file.size()));
    }
    const auto checksum = base::sha256(file);
    file.insert(file.end(), checksum.begin(), checksum.end());
    return file;
}

}  // namespace

Result<std::vector<std::uint8_t>> format_model(const Model& model) {
    if (auto checked = check_writable(model); !checked)
        return Error{fmt::format("The model cannot be saved: {}.", checked.error().message)};
    const std::string metadata = format_metadata(model);
    std::vector<ForestSections> forests;
    for (const Stage& stage : model.stages) forests.push_back(format_stage(stage));
    Sections sections = {Bytes(reinterpret_cast<const std::uint8_t*>(metadata.data()), metadata.size())};
    for (const ForestSections& forest : forests)
        sections.insert(sections.end(), {forest.trees, forest.nodes, forest.values, forest.pairs});
    sections.push_back(model.kept_rows);
    auto file = assemble(sections);
    if (metadata.size() > kMaxMetadataBytes || file.size() > kMaxFileBytes)
        return Error{
            fmt::format("The model cannot be saved: it would have {} bytes, {} of them metadata and {} kept "
                        "rows. Train fewer or shallower trees, or keep fewer rows.",
                        file.size(), metadata.size(), model.kept_rows.size())};
    return file;
}

Result<void> save_model(Model& model, const std::string& path) {
    auto file = format_model(model);
    if (!file) return file.error();
    if (auto written = replace_file(path, *file); !written) return written;
    model.hash = base::to_hex(base::sha256(*file));
    return {};
}

Result<Model> open_model(const std::string& path) {
    auto file = read_file(path, kMaxFileBytes);
    if (!file) return file.error();
    return parse_model(*file, path);
}

Result<Model> parse_model(Bytes file, const std::string& name) {
    auto model = parse_sections(file);
    if (!model) return Error{fmt::format("{}: cannot be used as a model: {}.", name, model.error().message)};
    return model;
}

bool begins_as_model(Bytes first) {
    return first.size() >= kMagic.size() && std::equal(kMagic.begin(), kMagic.end(), first.begin());
}

}  // namespace flowsift::model
