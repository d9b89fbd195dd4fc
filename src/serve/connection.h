// Connection: one client of the server, from its first byte to its last. A machine of few states, each with a deadline
// that the server's sweep looks at; requests are taken one after the other, however many were sent at once.
//
// The I/O thread's, except what is said to run on a worker; lives as long as something is awaited.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "serve/event_hub.h"
#include "serve/request_reader.h"
#include "serve/server.h"
#include "serve/site.h"
#include "serve/transport.h"
#include "serve/work_pool.h"

namespace flowsift::serve {

class Connection;

/// What connections share: the server as they see it.
struct Shared {
    const ServerOptions& options;
    const Site& site;
    WorkPool& pool;
    EventHub* events;                                 ///< nullptr: none.
    std::function<void(std::function<void()>)> post;  ///< To the I/O thread; from any.
    std::function<void(Connection&)> forget;
    int event_streams = 0;
};

class Connection : public std::enable_shared_from_this<Connection> {
  public:
    using Clock = std::chrono::steady_clock;

    Connection(std::unique_ptr<Transport> transport, Shared& shared)
        : transport_(std::move(transport)), shared_(shared), address_(transport_->peer()) {}
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void start();
    /// Twice a second: what is overdue is closed.
    void look_at_clock(Clock::time_point now);
    /// There are new events.
    void pump_events();
    void close();

    bool has_no_request() const { return state_ == State::kHandshake || state_ == State::kHead; }
    Clock::time_point deadline() const { return deadline_; }

  private:
    enum class State : std::uint8_t { kHandshake, kHead, kBody, kAnswer, kWrite, kEvents, kDrain, kClosed };

    void begin_request();
    void read();
    void take_input(Io io, std::size_t count);
    void parse();
    bool take_head();
    bool open_body_file();
    bool take_body();
    void write_body(std::string piece);
    void dispatch();
    void refuse(int status, std::string_view message);
    void respond(Response response);
    void send(std::string head);
    void write();
    void take_written(Io io, std::size_t count);
    void finish_write();
    void pull_chunk();
    void release_chunks();
    void send_chunk(const std::string& chunk, bool is_last);
    void begin_events();
    void beat(Clock::time_point now);
    void finish_response();
    void drain();
    void set_deadline(std::chrono::seconds from_now) { deadline_ = Clock::now() + from_now; }
    bool keeps_alive() const { return may_stay_ && reader_->head().keeps_alive && shared_.options.keeps_alive; }

    std::unique_ptr<Transport> transport_;
    Shared& shared_;
    std::string address_;
    State state_ = State::kHead;
    Clock::time_point deadline_ = Clock::time_point::max();

    std::vector<char> room_;  ///< Of the read that is awaited.
    std::string in_;          ///< Received, not yet taken.
    bool is_reading_ = false;
    bool has_ended_ = false;  ///< The client sends no more.
    std::size_t drained_ = 0;

    std::unique_ptr<RequestReader> reader_;
    Admission admission_;
    base::Descriptor body_file_;
    bool may_stay_ = true;
    std::shared_ptr<std::atomic<bool>> is_cancelled_;

    Response response_;
    Framing framing_ = Framing::kLength;
    std::string out_;             ///< Being written …
    std::string_view out_fixed_;  ///< … and then this …
    std::size_t written_ = 0;     ///< … of both together so many bytes are.
    bool is_writing_ = false;
    bool is_last_chunk_ = false;

    EventHub::Cursor cursor_;
    Clock::time_point last_beat_;
};

}  // namespace flowsift::serve
