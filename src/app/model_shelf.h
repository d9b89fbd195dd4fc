// ModelShelf: the folder of models that a dashboard shows: NAME.fsm, beside it what is known of its training
// (NAME.report.json), and which of them judges (active.json). Files that are put there by hand appear.
//
// Any thread; each call looks at the folder anew.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/model.h"
#include "serve/control.h"

namespace flowsift::app {

class ModelShelf {
  public:
    /// Makes the folder, if there is none. Error: it cannot be made or read.
    static base::Result<void> prepare(const std::string& folder);

    explicit ModelShelf(std::string folder) : folder_(std::move(folder)) {}

    /// By name. A file that is no model is listed with the reason.
    serve::ModelList list();
    /// Error: there is none of that name, or it is no model.
    base::Result<serve::ModelDetails> details(const std::string& name);
    base::Result<model::Model> open(const std::string& name) const;

    std::string active();
    /// The one before it is remembered. Error: `name` cannot judge flows of this program, or the disk is full.
    base::Result<void> set_active(const std::string& name);
    /// To the one before; its name.
    base::Result<std::string> roll_back();
    /// Not of the active one.
    base::Result<void> remove(const std::string& name);

    /// Where a file of this name stands or would. Error (ErrorKind::kUsage): not 1 to 64 letters, digits, '.', '_',
    /// '-', the first a letter or digit.
    base::Result<std::string> path_of(const std::string& name) const;
    base::Result<std::string> report_of(const std::string& name) const;

  private:
    struct Choice {
        std::string active, previous;
    };
    /// What a listing tells of a file, as long as that does not change.
    struct Known {
        std::int64_t changed = 0;
        serve::ModelRow row;
    };

    Choice choice() const;
    base::Result<void> choose(const Choice& choice);
    serve::ModelRow row_of(const std::string& name);

    std::string folder_;
    std::mutex mutex_;
    std::map<std::string, Known, std::less<>> known_;
};

/// Of a name of a model or an upload; see ModelShelf::path_of().
base::Result<void> check_file_name(std::string_view name);

}  // namespace flowsift::app
