#include "app/version.h"

namespace flowsift::app {

const char* version() {
    return FLOWSIFT_VERSION;
}

}  // namespace flowsift::app
