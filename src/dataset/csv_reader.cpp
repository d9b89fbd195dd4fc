#include "dataset/csv_reader.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "dataset/separator_scan.h"

namespace flowsift::dataset {
namespace {

constexpr std::size_t kFirstBlock = 256 * 1'024;
constexpr std::size_t kSlack =
    SeparatorScan::kBlock;  // A line end at the end of the file, and a scan from the last byte.

}  // namespace

base::Result<CsvReader> CsvReader::open(const std::string& path, const CsvLimits& limits) {
    CsvReader reader(path, limits);
    reader.file_.reset(std::fopen(path.c_str(), "rbe"));
    if (!reader.file_)
        return base::Error{
            fmt::format("cannot open {}: {}; check the path and its permissions", path, std::strerror(errno)),
            errno == EACCES ? base::ErrorKind::kPermission : base::ErrorKind::kFailed};
    std::setvbuf(reader.file_.get(), nullptr, _IONBF, 0);
    struct stat status {};
    if (fstat(fileno(reader.file_.get()), &status) == 0 && S_ISREG(status.st_mode))
        reader.bytes_total_ = static_cast<std::uint64_t>(status.st_size);
    return reader;
}

CsvReader CsvReader::from_text(std::string_view text, std::string name, const CsvLimits& limits) {
    CsvReader reader(std::move(name), limits);
    reader.buffer_.resize(text.size() + kSlack);
    std::copy(text.begin(), text.end(), reader.buffer_.begin());
    reader.filled_ = text.size();
    reader.bytes_read_ = reader.bytes_total_ = text.size();
    reader.end_last_line();
    reader.skip_byte_order_mark();
    return reader;
}

CsvReader::Step CsvReader::next() {
    while (!read_failed_) {
        if (position_ == filled_ && !refill()) break;
        line_ = next_line_;
        const Scan outcome = scan_record();
        if (outcome == Scan::kNeedsMore && refill()) continue;
        if (read_failed_) break;
        if (outcome == Scan::kComplete) {
            if (is_blank_line()) continue;
            unescape_cells();
            return Step::kRecord;
        }
        if (outcome == Scan::kNeedsMore)
            fault_ = ended_ ? "a quote is never closed"
                            : fmt::format("the line is longer than {} bytes", limits_.record_bytes);
        skip_line();
        return Step::kBadRecord;
    }
    return read_failed_ ? Step::kReadFailed : Step::kEnd;
}

/// Brings at least one more byte behind filled_; false where there is none, or the record has reached its limit.
bool CsvReader::refill() {
    if (ended_ || !file_) return false;
    const bool is_start = bytes_read_ == 0;
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(position_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
    filled_ -= position_;
    position_ = 0;
    if (filled_ >= limits_.record_bytes) return false;
    if (buffer_.size() < 2 * filled_ + kSlack || buffer_.empty())
        buffer_.resize(std::max(kFirstBlock, 4 * filled_) + kSlack);
    const std::size_t got = std::fread(buffer_.data() + filled_, 1, buffer_.size() - kSlack - filled_, file_.get());
    if (std::ferror(file_.get())) {
        read_failed_ = true;
        fault_ = std::strerror(errno);
        return false;
    }
    const std::size_t before = filled_;
    filled_ += got;
    bytes_read_ += got;
    if (is_start) skip_byte_order_mark();
    if (std::feof(file_.get())) end_last_line();
    return filled_ > before && position_ < filled_;
}

/// Nothing more will come: the last line ends like every other.
void CsvReader::end_last_line() {
    ended_ = true;
    file_.reset();
    if (filled_ > 0 && buffer_[filled_ - 1] != '\n') {
        buffer_[filled_++] = '\n';
        ++bytes_read_;
    }
}

void CsvReader::skip_byte_order_mark() {
    constexpr std::string_view kMark = "\xef\xbb\xbf";
    if (std::string_view(buffer_.data(), filled_).starts_with(kMark)) position_ = kMark.size();
}

CsvReader::Scan CsvReader::scan_record() {
    cell_count_ = 0;
    escaped_.clear();
    lines_in_record_ = 1;
    const char* const text = buffer_.data();
    const std::size_t end = filled_;
    SeparatorScan separators(text, position_, end);
    for (std::size_t begin = position_, at = begin;; begin = at + 1) {
        if (begin == end) return Scan::kNeedsMore;
        last_cell_quoted_ = text[begin] == '"';
        Scan outcome = Scan::kComplete;
        if (last_cell_quoted_) {
            at = begin;
            outcome = scan_quoted_cell(at);
            separators.seek(at + 1);
        } else {
            at = separators.next();
            outcome = at == end ? Scan::kNeedsMore : finish_cell(begin, at);
        }
        if (outcome != Scan::kComplete) return outcome;
        if (text[at] == '\n') {
            finish_record(at);
            return Scan::kComplete;
        }
    }
}

/// `at`: of the opening quote; afterwards of the separator behind the cell.
CsvReader::Scan CsvReader::scan_quoted_cell(std::size_t& at) {
    const std::size_t begin = at + 1;
    bool has_doubled = false;
    for (at = begin;; ++at) {
        const void* quote = std::memchr(buffer_.data() + at, '"', filled_ - at);
        if (!quote) return filled_ - begin > limits_.cell_bytes ? bad("a quote is never closed") : Scan::kNeedsMore;
        at = static_cast<std::size_t>(static_cast<const char*>(quote) - buffer_.data()) + 1;
        if (at == filled_) return Scan::kNeedsMore;
        if (buffer_[at] != '"') break;
        has_doubled = true;
    }
    const std::size_t end = at - 1;
    lines_in_record_ +=
        static_cast<std::uint64_t>(std::count(buffer_.begin() + static_cast<std::ptrdiff_t>(begin),
                                              buffer_.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
    if (buffer_[at] == '\r' && at + 1 < filled_ && buffer_[at + 1] == '\n') ++at;
    if (buffer_[at] == '\r' && at + 1 == filled_) return Scan::kNeedsMore;
    if (buffer_[at] != ',' && buffer_[at] != '\n') return bad("text follows a closing quote");
    if (has_doubled) escaped_.push_back(cell_count_);
    return finish_cell(begin, end);
}

inline CsvReader::Scan CsvReader::finish_cell(std::size_t begin, std::size_t end) {
    if (end - begin > limits_.cell_bytes) return bad(fmt::format("a cell is longer than {} bytes", limits_.cell_bytes));
    if (cell_count_ == limits_.columns) return bad(fmt::format("it has more than {} columns", limits_.columns));
    if (cell_count_ == cells_.size()) cells_.resize(2 * cell_count_ + 1);
    cells_[cell_count_++] = {buffer_.data() + begin, end - begin};
    return Scan::kComplete;
}

CsvReader::Scan CsvReader::bad(std::string why) {
    fault_ = std::move(why);
    return Scan::kBad;
}

void CsvReader::finish_record(std::size_t end) {
    std::string_view& last = cells_[cell_count_ - 1];
    if (!last_cell_quoted_ && last.ends_with('\r')) last.remove_suffix(1);
    position_ = end + 1;
    next_line_ = line_ + lines_in_record_;
}

/// Only now, with the whole record in the buffer: a record that is scanned twice must not be changed by the first scan.
void CsvReader::unescape_cells() {
    for (const std::size_t index : escaped_) {
        char* const begin = buffer_.data() + (cells_[index].data() - buffer_.data());
        char* out = begin;
        for (std::size_t i = 0; i < cells_[index].size(); ++i) {
            if (begin[i] == '"') ++i;
            *out++ = begin[i];
        }
        cells_[index] = {begin, static_cast<std::size_t>(out - begin)};
    }
}

/// Behind the next line end, however far that is.
void CsvReader::skip_line() {
    next_line_ = line_ + 1;
    for (;;) {
        const void* end = std::memchr(buffer_.data() + position_, '\n', filled_ - position_);
        if (end) {
            position_ = static_cast<std::size_t>(static_cast<const char*>(end) - buffer_.data()) + 1;
            return;
        }
        position_ = filled_;
        if (!refill()) return;
    }
}

bool CsvReader::is_blank_line() const {
    return cell_count_ == 1 && !last_cell_quoted_ && cells_[0].find_first_not_of(" \t") == std::string_view::npos;
}

}  // namespace flowsift::dataset
