// The program's version, as CMake's project() states it.
#pragma once

namespace flowsift::app {

const char* version();

}  // namespace flowsift::app
