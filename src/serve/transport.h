// Transport: the bytes of one connection, with TLS or without, so that whoever speaks HTTP over it needs neither Asio
// nor OpenSSL. The one implementation is in server.cpp. The I/O thread's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace flowsift::serve {

enum class Io : std::uint8_t {
    kDone,
    kEnded,   ///< The other side sends no more.
    kFailed,  ///< The connection is gone.
};

class Transport {
  public:
    using Done = std::function<void(Io, std::size_t bytes)>;

    virtual ~Transport() = default;
    virtual bool is_tls() const = 0;
    virtual void handshake(Done done) = 0;
    /// One of each may be awaited at a time. The bytes must stay where they are until `done` is called.
    virtual void read(char* bytes, std::size_t size, Done done) = 0;
    virtual void write(const char* bytes, std::size_t size, Done done) = 0;
    /// What the kernel keeps at most for a client that does not read.
    virtual void bound_send_buffer(int bytes) = 0;
    virtual void end_sending() = 0;
    /// What was sent and not yet taken is thrown away, when it closes: for a client that does not read.
    virtual void give_up() = 0;
    /// Whatever is awaited ends with kFailed.
    virtual void close() = 0;
    /// Address of the client, without port.
    virtual std::string peer() const = 0;
};

}  // namespace flowsift::serve
