#include "capture/byte_stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "capture/file_stream.h"
#include "capture/inflate_stream.h"

namespace flowsift::capture {
namespace {

constexpr std::uint16_t kGzipMagic = 0x1f8b;
constexpr std::uint32_t kZstdMagic = 0xfd2fb528;
constexpr std::uint32_t kZstdSkippableMagic = 0x184d2a50;  // Sixteen of them; pzstd begins its files so.

enum class Compression { kNone, kGzip, kZstd };

Compression compression_of(base::Bytes head) {
    if (base::ByteReader(head).be16() == kGzipMagic) return Compression::kGzip;
    const std::uint32_t magic = base::ByteReader(head).le32();
    if (magic == kZstdMagic || (magic & ~0xfU) == kZstdSkippableMagic) return Compression::kZstd;
    return Compression::kNone;
}

base::Result<int> open_descriptor(const std::string& path) {
    const int descriptor = path == "-" ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        const auto kind = errno == EACCES ? base::ErrorKind::kPermission : base::ErrorKind::kFailed;
        return base::Error{fmt::format("cannot read {}: {}", path, std::strerror(errno)), kind};
    }
    struct stat status {};
    if (fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
        close(descriptor);
        return base::Error{fmt::format("cannot read {}: it is a folder; name the capture files in it", path)};
    }
    return descriptor;
}

}  // namespace

base::Result<std::unique_ptr<ByteStream>> open_byte_stream(const std::string& path) {
    const base::Result<int> descriptor = open_descriptor(path);
    if (!descriptor) return descriptor.error();
    auto file = std::make_unique<FileStream>(*descriptor);
    std::unique_ptr<ByteStream> stream;
    switch (compression_of(file->peek(sizeof(std::uint32_t)))) {
        case Compression::kGzip:
            stream = std::make_unique<GzipStream>(std::move(file));
            break;
        case Compression::kZstd:
            stream = std::make_unique<ZstdStream>(std::move(file));
            break;
        case Compression::kNone:
            stream = std::move(file);
            break;
    }
    return stream;
}

}  // namespace flowsift::capture
