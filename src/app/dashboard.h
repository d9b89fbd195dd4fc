// Dashboard: the server of pages and API within a run: its options, accounts, live board and event hub, and what of
// them `watch` feeds. Owned by the run; made after rights were given up.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "output/sink.h"
#include "serve/accounts.h"
#include "serve/control.h"
#include "serve/event_hub.h"
#include "serve/live_board.h"
#include "serve/login_limit.h"
#include "serve/server.h"
#include "serve/services.h"
#include "serve/sessions.h"
#include "serve/site.h"

namespace CLI {
class App;
}

namespace flowsift::app {

struct DashboardOptions {
    std::string address;  ///< Empty: no dashboard.
    std::string certificate, key;
    bool is_self_signed = false;
    std::vector<std::string> hosts;  ///< Names besides the loopback's that requests may name.
    std::string accounts;            ///< File; empty: nobody has an account, a one-time link opens the door.
};

/// `watch --serve` and what belongs to it.
void add_dashboard_options(CLI::App& app, DashboardOptions& options);

class Dashboard {
  public:
    /// Listens. `control` and what it refers to must outlive it. `store`: path; may be empty. Error: an address that is
    /// not the loopback without TLS and an account with a password, or what cannot be opened.
    static base::Result<std::unique_ptr<Dashboard>> open(const DashboardOptions& options, serve::Control& control,
                                                         std::string store);

    /// A sink that tells the open pages; to be put behind a queue.
    std::unique_ptr<output::Sink> make_sink(const std::vector<std::string>& classes);
    serve::LiveBoard& board() { return board_; }

    /// To the open pages. Any thread.
    void publish(std::string_view event, std::string_view json) {
        events_.publish(event, json, serve::Lasting::kKept);
    }

    /// Answers from now on. How to get in is told on standard error.
    void start();

    /// No request is answered any more, and none is being worked on, when it returns.
    void stop() { server_.reset(); }

    /// Until stop().
    std::uint16_t port() const { return server_->port(); }

  private:
    Dashboard(std::unique_ptr<serve::Accounts> accounts, std::unique_ptr<serve::Server> server,
              const DashboardOptions& options, serve::Control& control, std::string store);
    void tell_way_in();
    void publish_status();

    DashboardOptions options_;
    serve::Control& control_;
    std::unique_ptr<serve::Accounts> accounts_;
    serve::Sessions sessions_;
    serve::OneTimeTokens tokens_;
    serve::LoginLimit logins_;
    serve::EventHub events_;
    serve::LiveBoard board_;
    serve::Services services_;
    serve::Site site_;
    std::unique_ptr<serve::Server> server_;  ///< Last: its threads use all of the above.
};

}  // namespace flowsift::app
