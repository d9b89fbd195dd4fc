// PredictionsCsv: one row of CSV per judged row: its number, the label given to it, and the probability of every class.
//
// As a Sink for flows of a capture (with Flow ID and Timestamp, to find the flow again); without them for rows of a CSV
// file, where the row number is all there is. Owned and called by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "output/output_file.h"
#include "output/sink.h"
#include "output/text.h"

namespace flowsift::output {

class PredictionsCsv final : public Sink {
  public:
    enum class Rows : std::uint8_t {
        kFlows,     ///< Row, Flow ID, Timestamp, Label, Probability, P(class) …
        kNumbered,  ///< Row, Label, Probability, P(class) …
    };

    struct Options {
        std::span<const std::string> classes;  ///< Names by class index; must live as long as open() runs.
        Rows rows = Rows::kFlows;
        double set_error = 0;     ///< Above 0: column Set, the classes that a flow may be of at this rate of error.
        bool has_stages = false;  ///< Column Stage: the packets after which the flow was judged, "end" for all of it.
    };
    /// Columns Row … P(class) …, Novel (1 where the model has not learnt from such flows), Set and Stage where asked
    /// for.
    static base::Result<std::unique_ptr<PredictionsCsv>> open(const std::string& path, const Options& options);

    /// For Rows::kFlows. Numbers the rows from 1; a flow without a verdict is a row without a prediction: not written.
    void on_flow(const features::FlowRow& row, const detect::Verdict* verdict) override;
    void on_live_flow(const features::FlowRow& row, const detect::Verdict& verdict) override { on_flow(row, &verdict); }

    /// For Rows::kNumbered. `number`: of the row in its file, from 1.
    void write(std::uint64_t number, const detect::Verdict& verdict);

    void flush() override { file_.flush(); }
    base::Result<void> finish() override { return file_.finish(); }

  private:
    PredictionsCsv(OutputFile file, const Options& options);

    void write_verdict(const detect::Verdict& verdict);
    void write_set(const detect::Verdict& verdict);

    OutputFile file_;
    std::vector<std::string> labels_;  ///< As cells with the commas around them, by class index.
    std::vector<std::string> names_;   ///< By class index.
    double set_error_;
    bool has_stages_;
    std::uint64_t rows_ = 0;
    TimestampText timestamp_;
};

}  // namespace flowsift::output
