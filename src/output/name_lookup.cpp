#include "output/name_lookup.h"

#include <fmt/format.h>
#include <netdb.h>

#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

#include "base/blocked_signals.h"

namespace flowsift::output {
namespace {

constexpr std::size_t kMostAddresses = 8;

using Addresses = base::Result<std::vector<SocketAddress>>;

Addresses look_up(const std::string& host, std::uint16_t port, int flags) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = flags | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int failure = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
    if (failure != 0) return base::Error{fmt::format("cannot find {}: {}", host, gai_strerror(failure))};
    std::vector<SocketAddress> addresses;
    for (const addrinfo* each = found; each && addresses.size() < kMostAddresses; each = each->ai_next) {
        SocketAddress& address = addresses.emplace_back();
        std::memcpy(&address.storage, each->ai_addr, each->ai_addrlen);
        address.size = each->ai_addrlen;
    }
    freeaddrinfo(found);
    return addresses;
}

}  // namespace

struct NameLookup::Answer {
    std::mutex mutex;
    std::condition_variable came;
    std::optional<Addresses> addresses;
};

Addresses NameLookup::resolve(const std::string& host, std::uint16_t port, const Patience& patience,
                              Patience::Clock::time_point until) {
    if (auto numeric = look_up(host, port, AI_NUMERICHOST)) return numeric;
    if (!pending_) {
        pending_ = std::make_shared<Answer>();
        const base::BlockedSignals blocked;
        try {
            std::thread([answer = pending_, host, port] {
                Addresses found = look_up(host, port, 0);
                const std::lock_guard lock(answer->mutex);
                answer->addresses = std::move(found);
                answer->came.notify_one();
            }).detach();
        } catch (const std::system_error& error) {
            pending_.reset();
            return base::Error{fmt::format("cannot look up {}: {}", host, error.what())};
        }
    }
    std::unique_lock lock(pending_->mutex);
    for (auto wait = patience.slice(until); wait.count() > 0 && !pending_->addresses; wait = patience.slice(until))
        pending_->came.wait_for(lock, wait);
    if (!pending_->addresses) return base::Error{fmt::format("cannot find {}: the name server does not answer", host)};
    Addresses found = std::move(*pending_->addresses);
    lock.unlock();
    pending_.reset();
    return found;
}

}  // namespace flowsift::output
