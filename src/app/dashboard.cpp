#include "app/dashboard.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <utility>

#include "app/version.h"
#include "serve/live_sink.h"
#include "serve/metrics.h"
#include "serve/self_signed.h"

namespace flowsift::app {
namespace {

using base::Error;
using base::ErrorKind;

/// Fills in the files of a certificate that is asked for and not given.
base::Result<void> find_certificate(DashboardOptions& options, const std::string& host) {
    if (options.certificate.empty() != options.key.empty())
        return Error{"--serve-cert and --serve-key go together", ErrorKind::kUsage};
    if (!options.is_self_signed) return {};
    if (!options.certificate.empty())
        return Error{"choose one: --serve-self-signed, or --serve-cert and --serve-key", ErrorKind::kUsage};
    std::vector<std::string> names = options.hosts;
    names.push_back(host);
    const std::filesystem::path beside = std::filesystem::path(options.accounts).parent_path();
    const auto files = serve::self_signed(beside.empty() ? "." : beside.string(), names);
    if (!files) return files.error();
    options.certificate = files->certificate;
    options.key = files->key;
    fmt::print(stderr, "certificate of our own: SHA-256 {}\n", files->fingerprint);
    return {};
}

bool has_password(const serve::Accounts& accounts) {
    for (const serve::User& user : accounts.users())
        if (!user.password_hash.empty()) return true;
    return false;
}

base::Result<void> check_exposure(const serve::Endpoint& endpoint, const DashboardOptions& options,
                                  const serve::Accounts& accounts) {
    if (endpoint.is_loopback) return {};
    if (options.certificate.empty())
        return Error{fmt::format("{} can be reached by others: that takes TLS, so give --serve-cert and --serve-key, "
                                 "or --serve-self-signed",
                                 options.address),
                     ErrorKind::kUsage};
    if (!has_password(accounts))
        return Error{fmt::format("{} can be reached by others and nobody has a password yet: start once with --serve "
                                 "127.0.0.1:8080 --accounts FILE and set one up",
                                 options.address),
                     ErrorKind::kUsage};
    return {};
}

serve::GateOptions gate_options(const DashboardOptions& options, std::uint16_t port) {
    serve::GateOptions gate{.hosts = options.hosts, .is_secure = !options.certificate.empty()};
    const auto endpoint = serve::parse_endpoint(options.address);
    const std::string& host = endpoint->host;
    gate.hosts.push_back(host.find(':') == std::string::npos ? host : "[" + host + "]");
    // Cookies do not know ports: two flowsifts on one machine must not sign each other out.
    gate.cookie = fmt::format("{}flowsift-{}", gate.is_secure ? "__Host-" : "", port);
    return gate;
}

}  // namespace

void add_dashboard_options(CLI::App& app, DashboardOptions& options) {
    app.add_option("--serve", options.address, "Dashboard at this address, e.g. 127.0.0.1:8080");
    app.add_option("--serve-cert", options.certificate, "Dashboard: TLS with this certificate chain (PEM)");
    app.add_option("--serve-key", options.key, "Dashboard: and this private key (PEM)");
    app.add_flag("--serve-self-signed", options.is_self_signed,
                 "Dashboard: TLS with a certificate of its own, kept beside the accounts");
    app.add_option("--serve-host", options.hosts, "Dashboard: answer under this name as well");
    app.add_option("--accounts", options.accounts,
                   "Dashboard: users, sessions and audit log in this file; without it a one-time link opens it");
}

Dashboard::Dashboard(std::unique_ptr<serve::Accounts> accounts, std::unique_ptr<serve::Server> server,
                     const DashboardOptions& options, serve::Control& control, std::string store)
    : options_(options),
      control_(control),
      accounts_(std::move(accounts)),
      sessions_(*accounts_),
      services_{.accounts = accounts_.get(),
                .sessions = &sessions_,
                .tokens = &tokens_,
                .logins = &logins_,
                .events = &events_,
                .board = &board_,
                .control = &control_,
                .metrics = [this] { return serve::render_metrics(board_.statistics()); },
                .store = std::move(store),
                .cookie = gate_options(options, server->port()).cookie,
                .version = std::string(version())},
      site_(gate_options(options, server->port()), services_),
      server_(std::move(server)) {}

base::Result<std::unique_ptr<Dashboard>> Dashboard::open(const DashboardOptions& given, serve::Control& control,
                                                         std::string store) {
    DashboardOptions options = given;
    const auto endpoint = serve::parse_endpoint(options.address);
    if (!endpoint) return endpoint.error();
    auto accounts = serve::Accounts::open(options.accounts.empty() ? ":memory:" : options.accounts);
    if (!accounts) return accounts.error();
    if (const auto found = find_certificate(options, endpoint->host); !found) return found.error();
    if (const auto safe = check_exposure(*endpoint, options, **accounts); !safe) return safe.error();
    auto server =
        serve::Server::open({.address = options.address, .certificate = options.certificate, .key = options.key});
    if (!server) return server.error();
    return std::unique_ptr<Dashboard>(
        new Dashboard(std::move(*accounts), std::move(*server), options, control, std::move(store)));
}

std::unique_ptr<output::Sink> Dashboard::make_sink(const std::vector<std::string>& classes) {
    return std::make_unique<serve::LiveSink>(board_, events_, classes);
}

void Dashboard::start() {
    tell_way_in();
    server_->start(site_, [this] { publish_status(); });
}

void Dashboard::tell_way_in() {
    const auto endpoint = serve::parse_endpoint(options_.address);
    const bool is_v6 = endpoint->host.find(':') != std::string::npos;
    const std::string url = fmt::format("{}://{}{}{}:{}/", options_.certificate.empty() ? "http" : "https",
                                        is_v6 ? "[" : "", endpoint->host, is_v6 ? "]" : "", port());
    using Kind = serve::OneTimeTokens::Kind;
    if (options_.accounts.empty())
        fmt::print(stderr, "dashboard: {}#token={} (opens once, within an hour)\n", url, tokens_.make(Kind::kLogin));
    else if (!accounts_->has_users())
        fmt::print(stderr, "dashboard: {}#token={} makes the first admin\n", url, tokens_.make(Kind::kSetup));
    else
        fmt::print(stderr, "dashboard: {}\n", url);
}

void Dashboard::publish_status() {
    events_.publish("status", board_.status_json(control_.capture()), serve::Lasting::kPassing);
}

}  // namespace flowsift::app
