// FlowCsv: one row of CSV per flow, in the columns of the corrected CIC-IDS2017 files, then flowsift's own:
// Flow ID … Timestamp, the features of the schema in catalogue order, Label, Capture, End Reason, Assembly Profile, and
// on request what flows tell in clear: App Protocol, Server Name, ALPN, JA3, JA4, DNS Query, HTTP Host.
//
// The catalogue's ports and Protocol stand once, among the identity columns. Owned and called by one thread; no
// allocation per row after the first of a day (but for flows with attributes).
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "output/output_file.h"
#include "output/sink.h"
#include "output/text.h"

namespace flowsift::output {

/// What stands in the Label column of rows that nobody has labelled yet.
inline constexpr std::string_view kNoLabel = "NeedManualLabel";

class FlowCsv final : public Sink {
  public:
    struct Options {
        std::string capture;  ///< Where the packets come from: the Capture column.
        std::string profile;  ///< Name of the assembly profile.
        std::string label{kNoLabel};
    };

    /// `path`: "-" is standard output. Rows given later must have the values of `schema`, in its order.
    static base::Result<std::unique_ptr<FlowCsv>> open(const std::string& path, const features::Schema& schema,
                                                       const Options& options, bool with_attributes = false);

    /// For the rows that follow: several captures may share a file.
    void describe(const Options& options);

    void on_flow(const features::FlowRow& row, const detect::Verdict* verdict) override;
    void flush() override { file_.flush(); }
    base::Result<void> finish() override { return file_.finish(); }

  private:
    FlowCsv(OutputFile file, const features::Schema& schema, const Options& options, bool with_attributes);

    void write_header(const features::Schema& schema);
    char* put_identity(char* out, const features::FlowIdentity& flow);
    /// The values of the feature columns, in their order.
    std::span<const double> cells(const features::FlowRow& row);

    OutputFile file_;
    bool with_attributes_;
    std::vector<std::size_t> columns_;  ///< Index into a row's values of each feature column.
    bool is_run_ = false;               ///< They stand one after the other.
    std::vector<double> cells_;         ///< The values of a row by column, where they do not.
    RealText numbers_;
    std::array<std::string, flow::kEndReasonCount> tails_;  ///< Label to Assembly Profile, by end reason.
    std::size_t row_room_ = 0;                              ///< Of a row without its tail.
    TimestampText timestamp_;
};

/// "10.0.0.1-10.0.0.2-1234-80-6": initiator, responder, their ports, protocol. Room: kFlowIdRoom.
char* put_flow_id(char* out, const features::FlowIdentity& flow);
inline constexpr std::size_t kFlowIdRoom = 2 * kAddressRoom + 3 * kNumberRoom + 4;

}  // namespace flowsift::output
