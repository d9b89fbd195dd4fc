#include "app/upload_shelf.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "app/inputs.h"
#include "app/model_shelf.h"
#include "base/hash.h"

namespace flowsift::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFolderStart = "upload-";
constexpr std::size_t kIdDigits = 16;
constexpr std::size_t kMostHeaderBytes = 16U << 10;

bool is_id(std::string_view id) {
    return id.size() == kIdDigits && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Whether its first line is text with a comma in it.
bool begins_as_csv(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string line(kMostHeaderBytes, '\0');
    file.read(line.data(), static_cast<std::streamsize>(line.size()));
    line.resize(static_cast<std::size_t>(file.gcount()));
    line.resize(std::min(line.find('\n'), line.size()));
    return line.find(',') != std::string::npos && line.find('\0') == std::string::npos;
}

std::string_view kind_text(const std::string& path) {
    const auto kind = kind_of_input(path);
    if (kind && *kind == InputKind::kCapture) return "capture";
    return kind && *kind == InputKind::kCsv && begins_as_csv(path) ? "flows csv" : "";
}

/// The file in `folder`, which is "upload-ID"; empty where it is none.
fs::path file_in(const fs::path& folder) {
    const std::string name = folder.filename().string();
    if (!name.starts_with(kFolderStart) || !is_id(std::string_view(name).substr(kFolderStart.size()))) return {};
    std::error_code code;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, code)) return entry.path();
    return {};
}

/// An empty id where there is no upload in `folder`.
serve::Upload describe(const fs::path& folder) {
    const fs::path path = file_in(folder);
    if (path.empty()) return {};
    std::error_code code;
    return {.id = folder.filename().string().substr(kFolderStart.size()),
            .name = path.filename().string(),
            .bytes = fs::file_size(path, code),
            .kind = std::string(kind_text(path.string()))};
}

base::Error no_upload() {
    return base::Error{"there is no such upload", base::ErrorKind::kUsage};
}

}  // namespace

std::string UploadShelf::folder_of(const std::string& id) const {
    return fmt::format("{}/{}{}", folder_, kFolderStart, id);
}

std::vector<serve::Upload> UploadShelf::list() const {
    const std::lock_guard lock(mutex_);
    std::vector<serve::Upload> uploads;
    std::error_code code;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_, code))
        if (serve::Upload upload = describe(entry.path()); !upload.id.empty()) uploads.push_back(std::move(upload));
    std::ranges::sort(uploads, {}, &serve::Upload::name);
    return uploads;
}

base::Result<serve::Upload> UploadShelf::keep(const std::string& path, const std::string& name) {
    const std::lock_guard lock(mutex_);
    std::error_code code;
    auto checked = check_file_name(name);
    if (checked && kind_text(path).empty())
        checked = base::Error{"that is neither a capture nor a CSV of flows", base::ErrorKind::kUsage};
    if (!checked) {
        fs::remove(path, code);
        return checked.error();
    }
    const fs::path kept = folder_ + '/' + fmt::format("{}{:016x}", kFolderStart, base::HashKey::random().k0);
    fs::create_directory(kept, code);
    if (!code) fs::rename(path, kept / name, code);
    if (code) return base::Error{fmt::format("cannot keep the upload: {}", code.message())};
    return describe(kept);
}

base::Result<std::string> UploadShelf::path_of(const std::string& id) const {
    if (!is_id(id)) return no_upload();
    const fs::path file = file_in(folder_of(id));
    if (file.empty()) return no_upload();
    return file.string();
}

base::Result<void> UploadShelf::remove(const std::string& id) {
    const std::lock_guard lock(mutex_);
    const auto path = path_of(id);
    if (!path) return path.error();
    std::error_code code;
    fs::remove_all(folder_of(id), code);
    if (code) return base::Error{fmt::format("cannot remove the upload: {}", code.message())};
    return {};
}

}  // namespace flowsift::app
