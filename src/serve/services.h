// Services: all that handlers may use. Made once by the dashboard (src/app/dashboard.cpp), which owns what is meant;
// each part says itself which threads may call it.
#pragma once

#include <functional>
#include <string>

namespace flowsift::serve {

class Accounts;
class Control;
class EventHub;
class LiveBoard;
class LoginLimit;
class MetricsBoard;
class OneTimeTokens;
class Sessions;

struct Services {
    Accounts& accounts;
    Sessions& sessions;
    OneTimeTokens& tokens;
    LoginLimit& logins;
    EventHub& events;
    LiveBoard& board;
    MetricsBoard& metrics;
    Control& control;
    std::string store;  ///< Path of the database of alerts and flows; empty: none is kept.
    std::string version;
};

}  // namespace flowsift::serve
