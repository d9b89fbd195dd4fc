// Server: listens on one address and answers HTTP/1.1 for a Site: kept connections, pipelining, TLS, streams of live
// events. One thread does all that touches sockets; a few others run the handlers.
//
// Clients are hostile: every state of a connection has a deadline, every buffer a bound, connections are counted, and
// where there is no room for another the one goes that has not yet sent a request.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "serve/site.h"

namespace flowsift::serve {

struct ServerOptions {
    std::string address;      ///< "127.0.0.1:8080", "[::1]:8080"; port 0: any that is free.
    std::string certificate;  ///< PEM file of the chain; empty: no TLS.
    std::string key;          ///< PEM file.
    int workers = 4;
    bool keeps_alive = true;           ///< False: one request each.
    int most_connections = 800;        ///< A process has 1,024 descriptors unless it asked for more.
    int most_event_streams = 640;      ///< Of them.
    std::chrono::seconds head{10};     ///< A request's head has to be complete; a TLS handshake as well.
    std::chrono::seconds body{15};     ///< Within it, a piece of the body has to come.
    std::chrono::seconds idle{60};     ///< Between two requests.
    std::chrono::seconds stalled{15};  ///< Within it, the client has to take something of what is sent.
    std::chrono::seconds heartbeat{15};
};

/// An address and port, taken apart: where to listen, and how the rest of the program speaks of it.
struct Endpoint {
    std::string host;  ///< Without brackets.
    std::uint16_t port = 0;
    bool is_loopback = false;
};
/// Error: no such address.
base::Result<Endpoint> parse_endpoint(const std::string& text);

class Server {
  public:
    /// Error: no such address, it is taken, or the certificate or key cannot be used.
    static base::Result<std::unique_ptr<Server>> open(const ServerOptions& options);

    /// Begins to answer. `site` must outlive the server. `every_second`: called by a worker, once a second.
    void start(const Site& site, std::function<void()> every_second = {});

    /// Closes all connections, and waits for handlers that run.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// That it listens on.
    std::uint16_t port() const;

  private:
    struct Machine;
    explicit Server(std::unique_ptr<Machine> machine);

    std::unique_ptr<Machine> machine_;
};

}  // namespace flowsift::serve
