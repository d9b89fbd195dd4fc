#include "output/predictions_csv.h"

#include <fmt/format.h>

#include <utility>

#include "output/flow_csv.h"

namespace flowsift::output {

base::Result<std::unique_ptr<PredictionsCsv>> PredictionsCsv::open(const std::string& path,
                                                                   std::span<const std::string> classes, Rows rows,
                                                                   bool has_stages) {
    auto file = OutputFile::open(path);
    if (!file) return file.error();
    return std::unique_ptr<PredictionsCsv>(new PredictionsCsv(std::move(*file), classes, rows, has_stages));
}

PredictionsCsv::PredictionsCsv(OutputFile file, std::span<const std::string> classes, Rows rows, bool has_stages)
    : file_(std::move(file)), has_stages_(has_stages) {
    file_.write(rows == Rows::kFlows ? "Row,Flow ID,Timestamp,Label,Probability" : "Row,Label,Probability");
    for (const std::string& label : classes) {
        labels_.push_back(fmt::format(",{},", csv_cell(label)));
        file_.write(fmt::format(",{}", csv_cell(fmt::format("P({})", label))));
    }
    file_.write(has_stages ? ",Stage\n" : "\n");
}

void PredictionsCsv::on_flow(const features::FlowRow& row, const detect::Verdict* verdict) {
    ++rows_;
    if (!verdict) return;
    char* out = put(file_.reserve(kNumberRoom + kFlowIdRoom + kTimestampRoom + 2), rows_);
    *out++ = ',';
    out = put_flow_id(out, row.identity);
    *out++ = ',';
    file_.commit(timestamp_.put(out, row.identity.first));
    write_verdict(*verdict);
}

void PredictionsCsv::write(std::uint64_t number, const detect::Verdict& verdict) {
    file_.commit(put(file_.reserve(kNumberRoom), number));
    write_verdict(verdict);
}

void PredictionsCsv::write_verdict(const detect::Verdict& verdict) {
    file_.write(labels_[verdict.class_index]);
    file_.commit(put_real(file_.reserve(kNumberRoom), verdict.probability));
    for (const float probability : verdict.probabilities) {
        char* out = file_.reserve(kNumberRoom + 1);
        *out++ = ',';
        file_.commit(put_real(out, probability));
    }
    if (has_stages_ && verdict.stage == 0) file_.write(",end");
    if (has_stages_ && verdict.stage > 0) file_.write(fmt::format(",{}", verdict.stage));
    file_.write("\n");
}

}  // namespace flowsift::output
