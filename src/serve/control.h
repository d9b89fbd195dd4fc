// Control: what the server may ask the program that it runs in, and what it may steer: capture, models, training,
// uploads, health. Plain data and Result; implemented in src/app, called by the server's workers, several at a time.
//
// What a program does not offer answers with an Error of kind kConfiguration (409): the defaults here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace flowsift::serve {

struct CaptureState {
    std::string state = "stopped";  ///< "stopped", "running", "failed".
    std::string kind;               ///< "interface", "file"; empty: none yet.
    std::string source;
    std::string filter;
    std::string model;
    double speed = 1;                ///< Of a file; 0: as fast as possible.
    base::Nanoseconds started = 0;   ///< Wall clock; 0: never.
    double duration = 0;             ///< Seconds.
    std::optional<double> progress;  ///< Of a file: 0 to 1.
    std::string message;
};

struct CaptureRequest {
    std::string interface;  ///< Or …
    std::string upload;     ///< … its id.
    std::string filter;
    std::string model;
    double speed = 1;
};

struct InterfaceRow {
    std::string name, description;
    std::string why_not;  ///< Empty: it can be captured from.
};

struct ModelRow {
    std::string name, hash, kind, schema;
    base::Nanoseconds created = 0;
    std::uint64_t trees = 0, rows = 0, bytes = 0;
    std::vector<std::string> classes;
    std::optional<double> macro_f1;
    std::string why_not;  ///< Empty: it can be activated.
};

struct ModelList {
    std::string active, previous;  ///< Empty: none.
    std::vector<ModelRow> models;
};

struct ModelDetails {
    ModelRow row;
    std::string options_json = "{}";
    std::vector<std::string> data;
    std::string report_json = "null";  ///< As the contract has "report".
};

struct TrainingRequest {
    std::string name, algorithm, schema, split, rules;
    std::vector<std::string> data;  ///< Ids of uploads.
    int trees = 100;
    bool smote = false;
};

struct Job {
    std::string id, kind, name;
    std::string state = "waiting";  ///< "waiting", "running", "done", "failed", "cancelled".
    std::optional<double> progress;
    std::string message;
    base::Nanoseconds started = 0, ended = 0;  ///< Wall clock; 0: not yet.
    std::string model;                         ///< That came of it; empty: none.
};

struct Upload {
    std::string id, name;
    std::uint64_t bytes = 0;
    std::string kind;  ///< "capture", "flows csv".
};

struct Health {
    struct Count {
        std::string name;
        std::uint64_t count = 0;
        bool is_loss = false;
    };
    std::vector<Count> packets;  ///< Besides those of the live board: what the others were.
    std::vector<Count> ends;
    std::uint64_t memory_used = 0, memory_cap = 0;
    std::optional<std::pair<double, double>> detection_seconds;  ///< Median, 95th percentile.
    std::vector<std::pair<std::string, double>> drift;           ///< Feature, population stability index.
    std::vector<std::pair<std::string, std::string>> configuration;
};

class Control {
  public:
    virtual ~Control() = default;

    virtual CaptureState capture() { return {}; }
    virtual base::Result<CaptureState> start_capture(const CaptureRequest&) { return absent("starting a capture"); }
    virtual base::Result<CaptureState> stop_capture() { return absent("stopping the capture"); }
    virtual base::Result<std::vector<InterfaceRow>> interfaces() { return std::vector<InterfaceRow>(); }

    virtual ModelList models() { return {}; }
    virtual base::Result<ModelDetails> model(const std::string&) { return absent("a folder of models"); }
    virtual base::Result<void> activate(const std::string&) { return absent("activating a model"); }
    virtual base::Result<void> roll_back() { return absent("rolling back"); }
    virtual base::Result<void> remove_model(const std::string&) { return absent("deleting a model"); }

    virtual std::vector<Upload> uploads() { return {}; }
    /// Where a body that is being received goes; empty: this program takes none.
    virtual std::string upload_folder() { return {}; }
    /// Takes over the file at `path`. Error: neither a capture nor a CSV.
    virtual base::Result<Upload> keep_upload(const std::string&, const std::string&) { return absent("an upload"); }
    virtual base::Result<void> remove_upload(const std::string&) { return absent("an upload"); }

    virtual base::Result<Job> start_training(const TrainingRequest&) { return absent("training"); }
    virtual std::vector<Job> jobs() { return {}; }
    virtual base::Result<void> cancel_job(const std::string&) { return absent("a job"); }

    virtual Health health() { return {}; }

  private:
    static base::Error absent(std::string_view what) {
        return {std::string("this run has no place for ") + std::string(what) + "; `flowsift serve` has",
                base::ErrorKind::kConfiguration};
    }
};

}  // namespace flowsift::serve
