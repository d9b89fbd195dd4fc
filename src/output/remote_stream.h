// RemoteStream: one connection of a network output, TCP or TLS, opened again as often as wanted. Every call has an end:
// a point in time that its caller names, or the end of the output's patience.
//
// Owned and used by the thread of one sink. Addresses of a name are tried in turn.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/descriptor.h"
#include "base/result.h"
#include "output/name_lookup.h"
#include "output/patience.h"
#include "output/remote_address.h"
#include "output/tls_context.h"

namespace flowsift::output {

class RemoteStream {
  public:
    using TimePoint = Patience::Clock::time_point;

    /// `tls`: of an address that wants it. `patience` must outlive the stream.
    RemoteStream(RemoteAddress address, std::shared_ptr<const TlsContext> tls, const Patience& patience);

    /// Looks up, connects and, with TLS, checks the certificate; closes what was open before. Error: why not.
    base::Result<void> open(TimePoint until);
    bool is_open() const { return socket_.is_open(); }

    /// All of it, to the kernel. After an Error only open() and close() make sense.
    base::Result<void> send(std::string_view bytes, TimePoint until);
    /// What there is, at least a byte; 0: the peer has ended.
    base::Result<std::size_t> receive(std::span<char> room, TimePoint until);

    /// Throws away what the peer has said, without waiting. False: it has closed or broken the connection.
    bool is_alive();
    /// Bytes were sent that the peer's kernel has not acknowledged.
    bool has_unacknowledged() const;

    /// Says that nothing more comes, and waits until the peer has closed too: what it has not yet read stays readable.
    void end(TimePoint until);
    void close();

  private:
    enum class Want : std::uint8_t { kNothing, kRead, kWrite, kEnded, kFailed };
    struct Step {
        Want want = Want::kNothing;  ///< Before it can be tried again; kNothing: done.
        std::size_t bytes = 0;
    };

    base::Result<void> connect_to(const SocketAddress& address, TimePoint until);
    base::Result<void> shake_hands(TimePoint until);
    Step send_some(std::string_view bytes);
    Step receive_some(std::span<char> room);
    Step tls_step(int outcome, std::size_t bytes);
    template <class Try>
    base::Result<Step> until_done(TimePoint until, Try attempt);
    std::string failure() const;

    RemoteAddress address_;
    std::shared_ptr<const TlsContext> tls_;
    const Patience& patience_;
    NameLookup names_;
    base::Descriptor socket_;
    TlsSession session_;  ///< nullptr: plain TCP. Goes before its socket.
};

}  // namespace flowsift::output
