// Steering: what `flowsift serve` lets a dashboard do: captures, models, trainings, uploads, all within one folder.
//
// Called by the server's workers, several at a time.
#pragma once

#include <memory>
#include <string>

#include "app/capture_desk.h"
#include "app/job_host.h"
#include "app/model_shelf.h"
#include "app/training_queue.h"
#include "app/upload_shelf.h"
#include "capture/broker.h"
#include "serve/control.h"

namespace flowsift::app {

class Steering final : public serve::Control {
  public:
    struct Options {
        std::string folder;                 ///< Holds models, uploads, store and accounts.
        WatchOptions watch;                 ///< Of every capture; source, filter and model are those of the request.
        std::uint64_t training_memory = 0;  ///< Bytes.
        std::string why_no_capture;         ///< Empty: there is a broker.
    };

    /// Error: the folder cannot be made or written to.
    static base::Result<void> prepare(const Options& options);

    /// `broker`: of rings; may be none. `jobs` must outlive it.
    Steering(const Options& options, std::shared_ptr<capture::CaptureBroker> broker, JobHost& jobs);

    static std::string store_of(const std::string& folder) { return folder + "/store.db"; }
    static std::string accounts_of(const std::string& folder) { return folder + "/accounts.db"; }

    /// Before the first request. From then on changes are told to its pages, until finish().
    void show_on(Dashboard& dashboard) { dashboard_ = &dashboard; }

    /// Ends capture and trainings; its pages are told nothing any more when it returns.
    void finish() {
        trainings_.finish();
        desk_.stop();
    }

    /// As start_capture(), of a file that is begun anew at its end.
    base::Result<serve::CaptureState> replay(const std::string& path, double speed, bool repeats);

    serve::CaptureState capture() override { return desk_.state(); }
    base::Result<serve::CaptureState> start_capture(const serve::CaptureRequest& request) override;
    base::Result<serve::CaptureState> stop_capture() override { return desk_.stop(); }
    base::Result<std::vector<serve::InterfaceRow>> interfaces() override;

    serve::ModelList models() override { return models_.list(); }
    base::Result<serve::ModelDetails> model(const std::string& name) override { return models_.details(name); }
    base::Result<void> activate(const std::string& name) override;
    base::Result<void> roll_back() override;
    base::Result<void> remove_model(const std::string& name) override { return models_.remove(name); }

    std::vector<serve::Upload> uploads() override { return uploads_.list(); }
    std::string upload_folder() override { return uploads_.folder(); }
    base::Result<serve::Upload> keep_upload(const std::string& path, const std::string& name) override {
        return uploads_.keep(path, name);
    }
    base::Result<void> remove_upload(const std::string& id) override { return uploads_.remove(id); }

    base::Result<serve::Job> start_training(const serve::TrainingRequest& request) override;
    std::vector<serve::Job> jobs() override { return trainings_.jobs(); }
    base::Result<void> cancel_job(const std::string& id) override { return trainings_.cancel(id); }

    serve::Health health() override { return desk_.health(); }

  private:
    /// The name of the model that judges: `wanted`, or the active one.
    base::Result<std::string> judge_of(const std::string& wanted);
    base::Result<void> judge_by(const std::string& name);
    base::Result<std::vector<std::string>> arguments_of(const serve::TrainingRequest& request);
    bool has_captures(const serve::TrainingRequest& request) const;
    void tell(const serve::CaptureState& state);
    void tell(const serve::Job& job);

    Options options_;
    std::shared_ptr<capture::CaptureBroker> broker_;
    Dashboard* dashboard_ = nullptr;
    ModelShelf models_;
    UploadShelf uploads_;
    TrainingQueue trainings_;
    CaptureDesk desk_;
};

}  // namespace flowsift::app
