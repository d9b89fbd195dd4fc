// UploadShelf: files that people sent to the dashboard, to train from or to watch: upload-ID/NAME in one folder, for
// label rules look at the name. They outlive the program.
//
// Any thread.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "serve/control.h"

namespace flowsift::app {

class UploadShelf {
  public:
    explicit UploadShelf(std::string folder) : folder_(std::move(folder)) {}

    const std::string& folder() const { return folder_; }

    std::vector<serve::Upload> list() const;

    /// Takes over the file at `path`, which is in the folder. Error (ErrorKind::kUsage): a name that is none, or
    /// neither a capture nor a CSV; the file is gone then.
    base::Result<serve::Upload> keep(const std::string& path, const std::string& name);

    /// Error (ErrorKind::kUsage): there is none.
    base::Result<void> remove(const std::string& id);
    base::Result<std::string> path_of(const std::string& id) const;

  private:
    std::string folder_of(const std::string& id) const;

    std::string folder_;
    mutable std::mutex mutex_;
};

}  // namespace flowsift::app
