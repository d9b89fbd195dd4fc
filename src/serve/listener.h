// Listener: GET /metrics on one loopback address and nothing else: the dashboard's server with one route, for whoever
// wants Prometheus without the dashboard. Owned by the run.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "serve/server.h"
#include "serve/services.h"
#include "serve/site.h"

namespace flowsift::serve {

class Listener {
  public:
    /// `address`: "127.0.0.1:9464", "[::1]:9464"; port 0: any that is free. `metrics` gives the text; called on the
    /// server's thread, and must outlive it. Error: no such address, one that is not
    /// loopback, or it is taken.
    static base::Result<std::unique_ptr<Listener>> open(const std::string& address,
                                                        std::function<std::string()> metrics);

    /// That it listens on.
    std::uint16_t port() const { return server_->port(); }

  private:
    Listener(std::unique_ptr<Server> server, std::function<std::string()> metrics);

    Services services_;
    Site site_;
    std::unique_ptr<Server> server_;
};

}  // namespace flowsift::serve
