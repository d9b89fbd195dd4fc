// CsvReader: the records of a CSV file (RFC 4180), one after the other, as views into one buffer.
//
// Takes what the wild has: quotes, CRLF, a byte order mark, blank lines, a last line without an end. Reads large
// blocks, allocates nothing per cell, and checks its limits before it grows. A malformed record is told and skipped, so
// that one bad line never loses the good ones. Owned by one thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace flowsift::dataset {

struct CsvLimits {
    std::size_t columns = 4'096;
    std::size_t cell_bytes = 64 * 1'024;
    std::size_t record_bytes = 1'024 * 1'024;  ///< Of a whole record, quotes and separators included.
};

class CsvReader {
  public:
    enum class Step {
        kRecord,     ///< cells() holds the next record.
        kBadRecord,  ///< fault() says why the record at line() could not be read; it has been skipped.
        kEnd,
        kReadFailed,  ///< fault() says why the file could not be read further.
    };

    /// The Error says why the file cannot be opened. A pipe such as /dev/stdin will do.
    static base::Result<CsvReader> open(const std::string& path, const CsvLimits& limits = {});

    /// Reads `text` instead of a file; `name` stands for the path in messages.
    static CsvReader from_text(std::string_view text, std::string name, const CsvLimits& limits = {});

    /// Goes to the next record that is not a blank line. Views from before are no longer valid.
    Step next();

    /// Unquoted cells, blanks included, at least one. Valid until next().
    std::span<const std::string_view> cells() const { return {cells_.data(), cell_count_}; }

    /// Line of the file, from 1, on which the current record begins.
    std::uint64_t line() const { return line_; }

    /// Why next() said kBadRecord or kReadFailed: a clause such as "a quote is never closed".
    const std::string& fault() const { return fault_; }

    const std::string& name() const { return name_; }

    std::uint64_t bytes_done() const { return bytes_read_ - (filled_ - position_); }
    /// Size of the file, 0 where it is not known (a pipe).
    std::uint64_t bytes_total() const { return bytes_total_; }

  private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    enum class Scan { kComplete, kNeedsMore, kBad };

    CsvReader(std::string name, const CsvLimits& limits) : limits_(limits), name_(std::move(name)) {}

    bool refill();
    void end_last_line();
    void skip_byte_order_mark();
    Scan scan_record();
    Scan scan_quoted_cell(std::size_t& at);
    Scan finish_cell(std::size_t begin, std::size_t end);
    Scan bad(std::string why);
    void finish_record(std::size_t end);
    void unescape_cells();
    void skip_line();
    bool is_blank_line() const;

    CsvLimits limits_;
    std::string name_;
    std::unique_ptr<std::FILE, Close> file_;  ///< Null for a text, and once the file has ended.
    std::vector<char> buffer_;                ///< filled_ bytes and room for a line end and one overlong load.
    std::size_t position_ = 0;                ///< Where the next record begins.
    std::size_t filled_ = 0;
    bool ended_ = false;                   ///< Nothing comes after filled_.
    std::vector<std::string_view> cells_;  ///< The first cell_count_ are of this record.
    std::size_t cell_count_ = 0;
    std::vector<std::size_t> escaped_;  ///< Cells of this record that hold doubled quotes.
    std::uint64_t line_ = 0;
    std::uint64_t next_line_ = 1;
    std::uint64_t lines_in_record_ = 1;
    std::uint64_t bytes_read_ = 0;
    std::uint64_t bytes_total_ = 0;
    bool last_cell_quoted_ = false;
    bool read_failed_ = false;
    std::string fault_;
};

}  // namespace flowsift::dataset
