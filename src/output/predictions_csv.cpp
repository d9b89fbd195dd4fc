#include "output/predictions_csv.h"

#include <fmt/format.h>

#include <utility>

#include "output/flow_csv.h"

namespace flowsift::output {

base::Result<std::unique_ptr<PredictionsCsv>> PredictionsCsv::open(const std::string& path, const Options& options) {
    auto file = OutputFile::open(path);
    if (!file) return file.error();
    return std::unique_ptr<PredictionsCsv>(new PredictionsCsv(std::move(*file), options));
}

PredictionsCsv::PredictionsCsv(OutputFile file, const Options& options)
    : file_(std::move(file)),
      names_(options.classes.begin(), options.classes.end()),
      set_error_(options.set_error),
      has_stages_(options.has_stages) {
    file_.write(options.rows == Rows::kFlows ? "Row,Flow ID,Timestamp,Label,Probability" : "Row,Label,Probability");
    for (const std::string& label : names_) {
        labels_.push_back(fmt::format(",{},", csv_cell(label)));
        file_.write(fmt::format(",{}", csv_cell(fmt::format("P({})", label))));
    }
    file_.write(",Novel");
    if (set_error_ > 0) file_.write(",Set");
    file_.write(has_stages_ ? ",Stage\n" : "\n");
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
    file_.write(verdict.is_novel ? ",1" : ",0");
    if (set_error_ > 0) write_set(verdict);
    if (has_stages_) file_.write(verdict.stage->packets == 0 ? ",end" : fmt::format(",{}", verdict.stage->packets));
    file_.write("\n");
}

void PredictionsCsv::write_set(const detect::Verdict& verdict) {
    std::string set;
    for (std::size_t c = 0; c < names_.size(); ++c)
        if (verdict.stage->conformal.p_value(c, verdict.probabilities[c]) > set_error_)
            set += (set.empty() ? "" : " | ") + names_[c];
    file_.write(fmt::format(",{}", csv_cell(set)));
}

}  // namespace flowsift::output
