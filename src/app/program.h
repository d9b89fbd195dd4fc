// The program: reads the command line, runs one command, turns its Error into a message and an exit code.
#pragma once

namespace flowsift::app {

/// Exit codes: 0 done, 1 failed, 2 usage, 77 permission, 78 configuration.
int run_program(int argc, char** argv);

}  // namespace flowsift::app
