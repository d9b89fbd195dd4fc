// The model file: versioned, checksummed, refused with a reason when it is truncated, altered or foreign.
//
// Layout, little-endian: magic (8 bytes), u32 format version, u32 number of sections, u64 size of the file; per section
// u32 id, u32 stage, u64 offset, u64 size; the sections one after the other, each at a multiple of 8; SHA-256 of all
// before it (32 bytes). Magic, version, size and checksum stand in these places in every version to come.
//
// Format 1 had one stage and no covers; files of it still open, but cannot give reasons. Format 2 kept no rows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "model/model.h"

namespace flowsift::model {

inline constexpr std::uint32_t kModelFormatVersion = 3;

/// Writes to a temporary file beside `path` and renames it, so that a reader never sees half a model. Sets model.hash.
base::Result<void> save_model(Model& model, const std::string& path);

base::Result<Model> open_model(const std::string& path);

/// The bytes that save_model() writes. Refuses a model that parse_model() would refuse.
base::Result<std::vector<std::uint8_t>> format_model(const Model& model);

/// Safe on any bytes: sizes are checked before allocation. `name` is used in messages.
base::Result<Model> parse_model(base::Bytes file, const std::string& name);

/// Whether a file that begins with these bytes means to be a model file. Wants its first eight.
bool begins_as_model(base::Bytes first);

}  // namespace flowsift::model
