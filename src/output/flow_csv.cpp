#include "output/flow_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "output/attribute_text.h"

namespace flowsift::output {
namespace {

constexpr std::string_view kIdentityHeader = "Flow ID,Src IP,Src Port,Dst IP,Dst Port,Protocol,Timestamp";
constexpr std::string_view kTailHeader = ",Label,Capture,End Reason,Assembly Profile";
constexpr std::string_view kIdentityFeatures[] = {"Src Port", "Dst Port", "Protocol"};
constexpr std::size_t kIdentityRoom = 2 * kFlowIdRoom + kTimestampRoom + 8;

/// Where the values of the feature columns stand in a row: catalogue order, without those among the identity columns.
std::vector<std::size_t> feature_columns(const features::Schema& schema) {
    std::vector<std::size_t> columns(schema.size());
    std::iota(columns.begin(), columns.end(), std::size_t{0});
    std::erase_if(columns, [&](std::size_t i) {
        return std::ranges::find(kIdentityFeatures, schema.feature(i).name) != std::end(kIdentityFeatures);
    });
    std::stable_sort(columns.begin(), columns.end(),
                     [&](std::size_t a, std::size_t b) { return schema.features[a] < schema.features[b]; });
    return columns;
}

/// The pieces that Flow ID and the columns after it share.
struct IdentityText {
    explicit IdentityText(const features::FlowIdentity& flow)
        : source(flow.source),
          destination(flow.destination),
          source_port(flow.source_port),
          destination_port(flow.destination_port),
          protocol(flow.protocol) {}

    using Address = TextPiece<kAddressRoom>;
    using Number = TextPiece<kNumberRoom>;

    Address source, destination;
    Number source_port, destination_port, protocol;
};

template <class... Pieces>
char* put_joined(char* out, char separator, const Pieces&... pieces) {
    ((out = put(out, pieces), *out++ = separator), ...);
    return out - 1;
}

char* put_flow_id(char* out, const IdentityText& text) {
    return put_joined(out, '-', text.source, text.destination, text.source_port, text.destination_port, text.protocol);
}

}  // namespace

char* put_flow_id(char* out, const features::FlowIdentity& flow) {
    return put_flow_id(out, IdentityText(flow));
}

base::Result<std::unique_ptr<FlowCsv>> FlowCsv::open(const std::string& path, const features::Schema& schema,
                                                     const Options& options, bool with_attributes) {
    auto file = OutputFile::open(path);
    if (!file) return file.error();
    return std::unique_ptr<FlowCsv>(new FlowCsv(std::move(*file), schema, options, with_attributes));
}

FlowCsv::FlowCsv(OutputFile file, const features::Schema& schema, const Options& options, bool with_attributes)
    : file_(std::move(file)),
      with_attributes_(with_attributes),
      columns_(feature_columns(schema)),
      cells_(columns_.size()) {
    is_run_ = !columns_.empty();
    for (std::size_t i = 0; i < columns_.size(); ++i) is_run_ = is_run_ && columns_[i] == columns_[0] + i;
    row_room_ = kIdentityRoom + columns_.size() * (kNumberRoom + 1);
    describe(options);
    write_header(schema);
}

void FlowCsv::describe(const Options& options) {
    const std::string label = csv_cell(options.label);
    const std::string capture = csv_cell(options.capture);
    const std::string profile = csv_cell(options.profile);
    for (int reason = 0; reason < flow::kEndReasonCount; ++reason) {
        tails_[static_cast<std::size_t>(reason)] =
            fmt::format(",{},{},{},{}{}", label, capture, to_string(static_cast<flow::EndReason>(reason)), profile,
                        with_attributes_ ? "" : "\n");
    }
}

void FlowCsv::write_header(const features::Schema& schema) {
    file_.write(kIdentityHeader);
    for (const std::size_t column : columns_) {
        file_.write(",");
        file_.write(schema.feature(column).name);
    }
    file_.write(kTailHeader);
    for (const AttributeColumn& column : attribute_columns()) {
        if (!with_attributes_) break;
        file_.write(",");
        file_.write(column.name);
    }
    file_.write("\n");
}

char* FlowCsv::put_identity(char* out, const features::FlowIdentity& flow) {
    const IdentityText text(flow);
    out = put_flow_id(out, text);
    *out++ = ',';
    out = put_joined(out, ',', text.source, text.source_port, text.destination, text.destination_port, text.protocol);
    *out++ = ',';
    return timestamp_.put(out, flow.first);
}

std::span<const double> FlowCsv::cells(const features::FlowRow& row) {
    if (is_run_) return row.values.subspan(columns_[0], columns_.size());
    for (std::size_t i = 0; i < columns_.size(); ++i) cells_[i] = row.values[columns_[i]];
    return cells_;
}

void FlowCsv::on_flow(const features::FlowRow& row, const detect::Verdict*) {
    char* out = put_identity(file_.reserve(row_room_), row.identity);
    file_.commit(numbers_.put_cells(out, cells(row)));
    file_.write(tails_[static_cast<std::size_t>(row.identity.end_reason)]);
    if (!with_attributes_) return;
    for (const AttributeColumn& column : attribute_columns()) {
        file_.write(",");
        if (row.attributes) file_.write(csv_cell(column.text(*row.attributes)));
    }
    file_.write("\n");
}

}  // namespace flowsift::output
