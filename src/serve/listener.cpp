#include "serve/listener.h"

#include <fmt/format.h>

#include <utility>

namespace flowsift::serve {
namespace {

constexpr int kMostConnections = 16;

Response answer_metrics(const Request&, Services& services) {
    return {.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = services.metrics()};
}

constexpr Route kMetrics[] = {{.method = Method::kGet,
                               .pattern = "/metrics",
                               .least_role = Role::kNobody,
                               .summary = "Counters for Prometheus.",
                               .handler = answer_metrics,
                               .schema = "text/plain",
                               .is_quick = true}};
constexpr std::span<const Route> kGroups[] = {kMetrics};

}  // namespace

Listener::Listener(std::unique_ptr<Server> server, std::function<std::string()> metrics)
    : services_{.metrics = std::move(metrics)},
      site_({.takes_any_host = true}, kGroups, services_),
      server_(std::move(server)) {
    server_->start(site_);
}

base::Result<std::unique_ptr<Listener>> Listener::open(const std::string& address,
                                                       std::function<std::string()> metrics) {
    const auto endpoint = parse_endpoint(address);
    if (!endpoint) return endpoint.error();
    if (!endpoint->is_loopback)
        return base::Error{
            fmt::format("it would listen on {}, where others can ask without a password: name a loopback "
                        "address, such as 127.0.0.1:9464",
                        address),
            base::ErrorKind::kUsage};
    auto server =
        Server::open({.address = address, .workers = 0, .keeps_alive = false, .most_connections = kMostConnections});
    if (!server) return server.error();
    return std::unique_ptr<Listener>(new Listener(std::move(*server), std::move(metrics)));
}

}  // namespace flowsift::serve
