// Services: all that handlers may use. Filled in by who opens a server (src/app/dashboard.cpp), which owns what is
// pointed to; each part says itself which threads may call it.
#pragma once

#include <functional>
#include <string>

namespace flowsift::serve {

class Accounts;
class Control;
class EventHub;
class LiveBoard;
class LoginLimit;
class OneTimeTokens;
class Sessions;

/// Behind a listener of /metrics alone there is nothing but its text; handlers of other routes find all of them.
struct Services {
    Accounts* accounts = nullptr;
    Sessions* sessions = nullptr;
    OneTimeTokens* tokens = nullptr;
    LoginLimit* logins = nullptr;
    EventHub* events = nullptr;
    LiveBoard* board = nullptr;
    Control* control = nullptr;
    std::function<std::string()> metrics = {};  ///< As Prometheus reads them.
    std::string store = {};                     ///< Path of alerts and flows; empty: none are kept.
    std::string cookie = {};                    ///< Name of the session's cookie.
    std::string version = {};
};

}  // namespace flowsift::serve
