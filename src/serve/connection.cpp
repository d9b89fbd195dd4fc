#include "serve/connection.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "serve/control.h"
#include "serve/secrets.h"
#include "serve/sessions.h"

namespace flowsift::serve {
namespace {

constexpr std::size_t kReadBytes = 4'096;
constexpr std::size_t kBodyReadBytes = 64 * 1024;
constexpr std::size_t kMostAhead = 16 * 1024;  ///< Received and not taken: the next requests of a pipeline.
constexpr std::size_t kMostDrained = 4 * 1024 * 1024;
constexpr std::chrono::seconds kDrain{2};
constexpr std::size_t kEventBytes = 16 * 1024;  ///< Of events that are written at once.
constexpr int kEventSendBuffer = 16 * 1024;     ///< The kernel doubles it.
constexpr auto kNever = Connection::Clock::time_point::max();

bool write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(file, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

Response busy() {
    Response response = error_response(503, "too much is being asked at once; try again in a moment");
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

}  // namespace

Connection::~Connection() {
    release_chunks();
    if (!admission_.request.body_path.empty()) ::unlink(admission_.request.body_path.c_str());
}

void Connection::start() {
    if (!transport_->is_tls()) return begin_request();
    state_ = State::kHandshake;
    set_deadline(shared_.options.head);
    transport_->handshake([self = shared_from_this()](Io io, std::size_t) {
        if (self->state_ == State::kClosed) return;
        if (io != Io::kDone) return self->close();
        self->begin_request();
    });
}

void Connection::begin_request() {
    const bool is_first = !reader_;
    reader_ = std::make_unique<RequestReader>();
    admission_ = {};
    response_ = {};
    is_cancelled_ = std::make_shared<std::atomic<bool>>(false);
    state_ = State::kHead;
    set_deadline(is_first || !in_.empty() ? shared_.options.head : shared_.options.idle);
    parse();
}

void Connection::close() {
    if (state_ == State::kClosed) return;
    if (state_ == State::kEvents) --shared_.event_streams;
    state_ = State::kClosed;
    if (is_cancelled_) *is_cancelled_ = true;
    transport_->close();
    shared_.forget(*this);
}

void Connection::look_at_clock(Clock::time_point now) {
    if (now >= deadline_) {
        if (is_writing_) transport_->give_up();
        return close();
    }
    if (state_ == State::kEvents && now - last_beat_ >= shared_.options.heartbeat) beat(now);
}

// ---- Input

void Connection::read() {
    if (is_reading_ || has_ended_) return;
    is_reading_ = true;
    const bool is_large = state_ == State::kBody && body_file_.is_open();
    room_.resize(is_large ? kBodyReadBytes : kReadBytes);
    transport_->read(room_.data(), room_.size(),
                     [self = shared_from_this()](Io io, std::size_t count) { self->take_input(io, count); });
}

void Connection::take_input(Io io, std::size_t count) {
    is_reading_ = false;
    if (state_ == State::kClosed) return;
    if (io == Io::kFailed) return close();
    if (io == Io::kEnded) {
        has_ended_ = true;  // Whoever has sent all may still want the answer, but a stream's end is its client's.
        const bool is_stream = state_ == State::kEvents || response_.chunks;
        if (is_stream || state_ == State::kHead || state_ == State::kBody || state_ == State::kDrain) close();
        return;
    }
    if (state_ == State::kDrain) {
        drained_ += count;
        return drained_ > kMostDrained ? close() : read();
    }
    if (state_ == State::kEvents) return read();  // Of no use to anybody.
    if (state_ == State::kHead && in_.empty() && count > 0)
        deadline_ = std::min(deadline_, Clock::now() + shared_.options.head);
    in_.append(room_.data(), count);
    if (state_ == State::kHead || state_ == State::kBody) return parse();
    if (in_.size() < kMostAhead) read();
}

void Connection::parse() {
    while (state_ == State::kHead || state_ == State::kBody) {
        std::string_view bytes = in_;
        const RequestReader::Found found = reader_->put(bytes);
        in_.erase(0, in_.size() - bytes.size());
        switch (found) {
            case RequestReader::Found::kMore:
                if (in_.size() > kMostAhead) return refuse(400, "a line of the request is too long");
                return has_ended_ ? close() : read();
            case RequestReader::Found::kHead:
                if (!take_head()) return;
                break;
            case RequestReader::Found::kBody:
                if (!take_body()) return;
                break;
            case RequestReader::Found::kDone:
                return dispatch();
            case RequestReader::Found::kFault:
                if (reader_->fault() == 0) return close();
                return refuse(reader_->fault(), "the request is malformed or too large");
        }
    }
}

/// False: the request is answered, or waits.
bool Connection::take_head() {
    const RequestHead& head = reader_->head();
    admission_ = shared_.site.admit(head, address_);
    const bool has_body = head.is_chunked || head.content_length.value_or(0) > 0;
    if (admission_.refusal) {
        may_stay_ = may_stay_ && !has_body;
        respond(std::move(*admission_.refusal));
        return false;
    }
    admission_.request.is_cancelled = is_cancelled_;
    reader_->limit_body(admission_.body_limit);
    state_ = State::kBody;
    if (!has_body) return true;
    set_deadline(shared_.options.body);
    if (admission_.route->body == Body::kFile && !open_body_file()) return false;
    if (!head.expects_continue) return true;
    transport_->write("HTTP/1.1 100 Continue\r\n\r\n", 25, [self = shared_from_this()](Io io, std::size_t count) {
        if (self->state_ == State::kClosed) return;
        return io == Io::kDone && count == 25 ? self->parse() : self->close();
    });
    return false;
}

bool Connection::open_body_file() {
    const std::string folder = shared_.site.services()->control->upload_folder();
    if (folder.empty()) {
        refuse(409, "this run takes no uploads; `flowsift serve` does");
        return false;
    }
    const std::string path = fmt::format("{}/.receiving-{}", folder, random_token().substr(0, 24));
    body_file_ = base::Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!body_file_.is_open()) {
        refuse(500, "cannot create a file for the upload");
        return false;
    }
    admission_.request.body_path = path;
    return true;
}

/// False: it waits for a worker.
bool Connection::take_body() {
    Request& request = admission_.request;
    std::string piece = reader_->take_body();
    request.body_bytes += piece.size();
    if (!body_file_.is_open()) {
        request.body += piece;
        return true;
    }
    set_deadline(shared_.options.body);
    write_body(std::move(piece));
    return false;
}

void Connection::write_body(std::string piece) {
    const bool runs = shared_.pool.try_run([self = shared_from_this(), piece = std::move(piece)] {
        const bool is_written = write_all(self->body_file_.number(), piece);
        self->shared_.post([self, is_written] {
            if (self->state_ == State::kClosed) return;
            return is_written ? self->parse() : self->refuse(500, "cannot write the upload: is the disk full?");
        });
    });
    if (!runs) refuse(503, "too much is being asked at once; try again in a moment");
}

// ---- Answer

void Connection::refuse(int status, std::string_view message) {
    may_stay_ = false;
    respond(error_response(status, message));
}

void Connection::dispatch() {
    state_ = State::kAnswer;
    deadline_ = kNever;
    body_file_ = {};
    const Route& route = *admission_.route;
    if (route.is_quick) return respond(shared_.site.answer(route, admission_.request));
    read();  // To notice that the client goes away.
    const bool runs = shared_.pool.try_run([self = shared_from_this()] {
        auto response =
            std::make_shared<Response>(self->shared_.site.answer(*self->admission_.route, self->admission_.request));
        self->shared_.post([self, response] { self->respond(std::move(*response)); });
    });
    if (!runs) respond(busy());
}

void Connection::respond(Response response) {
    if (state_ == State::kClosed) return;
    response_ = std::move(response);
    const bool is_full = response_.is_event_stream && shared_.event_streams >= shared_.options.most_event_streams;
    if (is_full || (response_.is_event_stream && !shared_.events)) response_ = busy();
    const bool is_read = (!has_ended_ || !in_.empty()) && keeps_alive();
    Framed framed = render_head(response_, reader_->head().is_http_1_1, is_read);
    framing_ = framed.framing;
    may_stay_ = is_read && framing_ != Framing::kUntilClose;
    const bool has_no_body = admission_.request.is_head || response_.status == 204 || response_.status == 304;
    if (has_no_body) {
        release_chunks();
        response_.is_event_stream = false;
    } else {
        framed.head += response_.body;
        out_fixed_ = response_.fixed_body;
    }
    state_ = State::kWrite;
    send(std::move(framed.head));
}

void Connection::send(std::string bytes) {
    out_ = std::move(bytes);
    written_ = 0;
    is_writing_ = true;
    write();
}

void Connection::write() {
    set_deadline(shared_.options.stalled);
    std::string_view left = out_;
    if (written_ < out_.size())
        left.remove_prefix(written_);
    else
        left = out_fixed_.substr(written_ - out_.size());
    transport_->write(left.data(), left.size(),
                      [self = shared_from_this()](Io io, std::size_t count) { self->take_written(io, count); });
}

void Connection::take_written(Io io, std::size_t count) {
    if (state_ == State::kClosed) return;
    if (io != Io::kDone) return close();
    written_ += count;
    if (written_ < out_.size() + out_fixed_.size()) return write();
    is_writing_ = false;
    out_ = {};  // Its memory too: many connections wait for long.
    out_fixed_ = {};
    deadline_ = kNever;
    finish_write();
}

void Connection::finish_write() {
    if (state_ == State::kEvents) return pump_events();
    if (response_.is_event_stream) return begin_events();
    if (response_.chunks) return is_last_chunk_ ? finish_response() : pull_chunk();
    finish_response();
}

void Connection::pull_chunk() {
    read();
    const bool runs = shared_.pool.try_run([self = shared_from_this()] {
        auto chunk = std::make_shared<std::string>();
        bool goes_on = false;
        bool is_whole = true;
        try {
            while ((goes_on = self->response_.chunks->next(*chunk)) && chunk->empty() && !*self->is_cancelled_) {
            }
        } catch (const std::exception&) {
            is_whole = false;  // Its end is missing, which the client sees.
        }
        self->shared_.post([self, chunk, goes_on, is_whole] {
            if (self->state_ == State::kClosed) return;
            return is_whole ? self->send_chunk(*chunk, !goes_on) : self->close();
        });
    });
    if (!runs) close();
}

void Connection::send_chunk(const std::string& chunk, bool is_last) {
    is_last_chunk_ = is_last;
    std::string bytes = chunk;
    if (framing_ == Framing::kChunked) {
        if (!chunk.empty()) bytes = fmt::format("{:x}\r\n{}\r\n", chunk.size(), chunk);
        if (is_last) bytes += "0\r\n\r\n";
    }
    if (bytes.empty()) return finish_write();
    send(std::move(bytes));
}

/// By a worker: what makes them may have to be waited for.
void Connection::release_chunks() {
    if (!response_.chunks) return;
    static_cast<void>(shared_.pool.try_run([chunks = std::shared_ptr<ChunkSource>(std::move(response_.chunks))] {}));
}

void Connection::finish_response() {
    release_chunks();
    response_ = {};
    is_last_chunk_ = false;
    if (!admission_.request.body_path.empty()) ::unlink(admission_.request.body_path.c_str());
    if (!may_stay_) return drain();
    begin_request();
}

/// What the client still sends is read, so that the kernel does not take back an answer that it has not read yet.
void Connection::drain() {
    if (has_ended_) return close();
    state_ = State::kDrain;
    in_ = {};
    set_deadline(kDrain);
    transport_->end_sending();
    read();
}

// ---- Live events

void Connection::begin_events() {
    state_ = State::kEvents;
    ++shared_.event_streams;
    cursor_ = shared_.events->join(admission_.request.last_event_id);
    transport_->bound_send_buffer(kEventSendBuffer);
    in_ = {};
    read();
    last_beat_ = Clock::now();
    send_chunk("retry: 2000\n\n", false);
}

void Connection::pump_events() {
    if (state_ != State::kEvents || is_writing_) return;
    std::string events;
    switch (shared_.events->take(cursor_, events, kEventBytes)) {
        case EventHub::Taken::kNothing:
            return;
        case EventHub::Taken::kLost:
            transport_->give_up();
            return close();
        case EventHub::Taken::kSome:
            return send_chunk(events, false);
    }
}

/// A comment, so that both sides notice when the other is gone; and whoever is no longer signed in sees no more.
void Connection::beat(Clock::time_point now) {
    last_beat_ = now;
    if (!shared_.site.services()->sessions->is_alive(admission_.request.session)) return close();
    if (!is_writing_) send_chunk(": \n\n", false);
}

}  // namespace flowsift::serve
