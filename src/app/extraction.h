// Extraction: captures to flow rows, for `flows`, `train`, `evaluate` and `classify`: one way for all.
#pragma once

#include <string>
#include <vector>

#include "app/account.h"
#include "app/parallel_meter.h"
#include "features/flow_meter.h"

namespace flowsift::app {

/// Receives the flows of several captures, one capture after the other. Calls may come from different threads, but
/// never two at a time.
class CaptureListener : public features::FlowListener {
  public:
    /// Flows that end from now on belong to this capture.
    virtual void on_capture(const std::string& name) = 0;
};

struct ExtractionOptions {
    features::Schema schema = features::cic_schema();
    features::AssemblyProfile profile = features::kProfiles[0];
    decode::Options decoding;
    std::string filter;  ///< BPF, or empty for every packet.
    std::size_t memory_cap_bytes = features::FlowMeter::Options{}.memory_cap_bytes;
    std::size_t workers = default_workers();  ///< See app/parallel_meter.h; 0: all in this thread.
    bool with_attributes = false;             ///< See features::FlowMeter::Options.
    bool joined = false;                      ///< The captures are pieces of one: flows go on from file to file.
};

struct Extraction {
    Account account;
    bool was_damaged = false;  ///< Some capture was cut short or damaged; a warning has told so.
    bool was_stopped = false;  ///< By Ctrl-C.
};

/// Reads all captures. Errors: a capture that cannot be opened, a filter that does not compile. Damage is told on
/// standard error, with the byte offset, after everything readable was used.
base::Result<Extraction> extract_flows(const std::vector<std::string>& captures, const ExtractionOptions& options,
                                       CaptureListener& listener);

/// By name; the Error lists what exists.
base::Result<features::AssemblyProfile> profile_named(const std::string& name);

}  // namespace flowsift::app
