// Confinement: a process that reads bytes of strangers, from the network or from files, keeps no capability, and may
// make no system call that it has no honest use for. docs/security.md draws it.
#pragma once

#include <optional>
#include <string>

#include "base/privileges.h"
#include "base/result.h"

namespace flowsift::app {

/// Who the process becomes where it is root: `name`, if given; else whoever called sudo, so that files are written
/// where and as that user may; else nobody else. Error: there is no such user, or only root may become another.
base::Result<std::optional<base::User>> user_to_become(const std::string& name);

/// Of the calling process, which has one thread and has opened all that takes a right.
base::Result<void> confine_sensor(const std::optional<base::User>& user);

/// Of the calling process, which has one thread and will work on files alone: as above, and no socket. Started by sudo,
/// it becomes who called it.
base::Result<void> confine_work();

/// Of the job host (job_host.h), which makes processes for such work; each confines itself further.
base::Result<void> confine_job_host(const std::optional<base::User>& user);

}  // namespace flowsift::app
