#include "dataset/label_csv.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

#include "base/message_text.h"
#include "dataset/cell.h"
#include "dataset/csv_columns.h"
#include "dataset/csv_reader.h"
#include "dataset/table_builder.h"

namespace flowsift::dataset {
namespace {

constexpr std::size_t kBlock = 1'024 * 1'024;
constexpr std::size_t kExamples = 5;

/// A file that appears under its name only once it is whole.
class NewFile {
  public:
    explicit NewFile(std::string path) : path_(std::move(path)), partial_(path_ + ".partial") {
        std::remove(partial_.c_str());  // Of a run that was stopped; "x" below then follows no link.
        file_.reset(std::fopen(partial_.c_str(), "wbxe"));
        if (!file_) fault_ = errno;
    }
    ~NewFile() {
        if (file_) std::remove(partial_.c_str());
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    void write(std::string& block) {
        if (file_ && !fault_ && std::fwrite(block.data(), 1, block.size(), file_.get()) != block.size()) fault_ = errno;
        block.clear();
    }

    base::Result<void> check() const {
        if (!fault_) return {};
        return base::Error{fmt::format("cannot write {}: {}; check the folder and the space on its disk", partial_,
                                       std::strerror(fault_)),
                           fault_ == EACCES ? base::ErrorKind::kPermission : base::ErrorKind::kFailed};
    }

    base::Result<void> finish() {
        if (!fault_ && std::fflush(file_.get()) != 0) fault_ = errno;
        if (!fault_ && std::rename(partial_.c_str(), path_.c_str()) != 0) fault_ = errno;
        if (!fault_) file_.reset();
        return check();
    }

  private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    std::string path_, partial_;
    std::unique_ptr<std::FILE, Close> file_;
    int fault_ = 0;
};

base::Result<void> check_columns(const CsvColumns& columns, const std::string& name, bool needs_capture) {
    const auto lacks = [&](std::string_view column) {
        return base::Error{fmt::format("{} has no {} column; make the file with `flowsift flows`", name, column)};
    };
    if (!columns.has_five_tuple()) return lacks("address, port or protocol");
    if (!columns.find(IdentityColumn::kTimestamp)) return lacks("Timestamp");
    if (!columns.find(IdentityColumn::kLabel)) return lacks("Label");
    if (needs_capture && !columns.find(IdentityColumn::kCapture)) return lacks("Capture");
    return {};
}

base::Error bad_row(const CsvReader& reader, const std::string& why) {
    return {fmt::format("{}, line {}: {}; nothing was written", reader.name(), reader.line(), why)};
}

base::Result<features::FlowIdentity> read_flow(const CsvReader& reader, const CsvColumns& columns) {
    if (reader.cells().size() != columns.size())
        return bad_row(
            reader, fmt::format("this row has {} cells and the header has {}", reader.cells().size(), columns.size()));
    features::FlowIdentity flow;
    std::size_t fault = 0;
    if (columns.read_endpoints(reader.cells(), flow, fault) && columns.read_time(reader.cells(), flow, fault))
        return flow;
    return bad_row(reader, fmt::format("column '{}' cannot be read: {}", columns.name(fault),
                                       base::quoted_for_message(reader.cells()[fault])));
}

std::string describe(const features::FlowIdentity& flow, std::uint64_t line) {
    return fmt::format("line {}: {} port {} to {} port {}, protocol {}, {}", line, base::to_string(flow.source),
                       flow.source_port, base::to_string(flow.destination), flow.destination_port, flow.protocol,
                       base::format_cic_time(flow.first));
}

void append_record(std::string& out, Cells cells, std::size_t label_column, std::string_view label) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) out += ',';
        append_csv_cell(out, i == label_column ? label : cells[i]);
    }
    out += '\n';
}

/// Labels one flow and counts it.
std::string_view take_label(const LabelRules& rules, std::string_view capture, const features::FlowIdentity& flow,
                            std::uint64_t line, LabelSummary& summary) {
    ++summary.rows;
    if (const auto label = rules.label_of(capture, flow)) {
        ++summary.labelled[*label].second;
        return rules.labels()[*label];
    }
    if (summary.unlabelled++ < kExamples) summary.examples.push_back(describe(flow, line));
    return kUnlabelled;
}

}  // namespace

base::Result<LabelSummary> label_csv(const LabelRules& rules, const std::string& input_path,
                                     const std::string& output_path, const base::Progress& progress) {
    auto reader = CsvReader::open(input_path);
    if (!reader) return reader.error();
    const auto columns = CsvColumns::read_header(*reader);
    if (!columns) return columns.error();
    if (auto checked = check_columns(*columns, input_path, rules.needs_capture()); !checked) return checked.error();

    LabelSummary summary;
    for (const std::string& label : rules.labels()) summary.labelled.emplace_back(label, 0);
    NewFile output(output_path);
    if (auto checked = output.check(); !checked) return checked.error();
    std::string block;
    const std::size_t label_column = *columns->find(IdentityColumn::kLabel);
    const auto capture_column = columns->find(IdentityColumn::kCapture);
    append_record(block, reader->cells(), reader->cells().size(), "");
    auto step = reader->next();
    for (; step == CsvReader::Step::kRecord; step = reader->next()) {
        const auto flow = read_flow(*reader, *columns);
        if (!flow) return flow.error();
        const Cells cells = reader->cells();
        const std::string_view capture = capture_column ? cells[*capture_column] : std::string_view();
        append_record(block, cells, label_column, take_label(rules, capture, *flow, reader->line(), summary));
        if (block.size() < kBlock) continue;
        output.write(block);
        if (!progress.advance(reader->bytes_done(), reader->bytes_total()))
            return base::Error{"stopped while labelling " + input_path + "; nothing was written"};
    }
    if (step != CsvReader::Step::kEnd) return bad_row(*reader, reader->fault());
    output.write(block);
    if (auto finished = output.finish(); !finished) return finished.error();
    return summary;
}

}  // namespace flowsift::dataset
