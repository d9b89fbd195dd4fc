#include "output/syslog_sink.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <random>
#include <utility>

namespace flowsift::output {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr RemoteScheme kSchemes[] = {{"tcp", 601, false, false}, {"tls", 6514, true, false}};

constexpr seconds kLongestStep{10};  // To connect; to send one message.
constexpr seconds kHold{1};          // See the header.
constexpr milliseconds kLongestEnd{500};
constexpr milliseconds kFirstWait{500}, kLongestWait{30'000};
constexpr std::size_t kMostKept = 256;
constexpr milliseconds kPause{20};

std::string host_name() {
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace

base::Result<std::unique_ptr<SyslogSink>> SyslogSink::open(const std::string& address, const std::string& ca_file,
                                                           Teller tell) {
    const auto parsed = parse_remote_address(address, kSchemes);
    if (!parsed) return base::Error{"syslog: " + parsed.error().message, parsed.error().kind};
    std::shared_ptr<const TlsContext> tls;
    if (parsed->is_tls) {
        auto made = TlsContext::make(ca_file);
        if (!made) return base::Error{"syslog: " + made.error().message, made.error().kind};
        tls = std::move(*made);
    }
    return std::unique_ptr<SyslogSink>(new SyslogSink(*parsed, std::move(tls), std::move(tell)));
}

SyslogSink::SyslogSink(const RemoteAddress& address, std::shared_ptr<const TlsContext> tls, Teller tell)
    : stream_(address, std::move(tls), patience_),
      text_(host_name(), getpid()),
      report_("syslog to " + address.place(), std::move(tell)),
      backoff_(kFirstWait, kLongestWait, std::random_device{}()) {}

void SyslogSink::hurry() {
    patience_.hurry();
}

void SyslogSink::deliver(const std::string& message) {
    if (message.empty()) return;
    messages_.push_back({octet_counted(message)});
    while (sent_ < messages_.size() || messages_.size() >= kMostKept) {
        if (patience_.is_spent()) return give_up();
        if (stream_.is_open() && sent_ == messages_.size()) patience_.sleep(Clock::now() + kPause);
        advance();
    }
}

void SyslogSink::flush() {
    if (patience_.is_spent() || (!stream_.is_open() && Clock::now() < backoff_.due())) return;
    advance();
}

/// One step towards all being sent and settled, which may wait, but not for longer than patience.
void SyslogSink::advance() {
    if (!stream_.is_open()) connect();
    if (stream_.is_open()) settle();  // Before sending: what is written after the peer has gone is lost.
    if (stream_.is_open()) send_rest();
}

void SyslogSink::connect() {
    backoff_.wait(patience_);
    if (patience_.is_spent()) return;
    if (const auto opened = stream_.open(Clock::now() + kLongestStep); !opened) return fail(opened.error().message);
    opened_ = Clock::now();
}

void SyslogSink::send_rest() {
    for (; sent_ < messages_.size(); ++sent_) {
        const auto sent = stream_.send(messages_[sent_].frame, Clock::now() + kLongestStep);
        if (!sent) return fail(sent.error().message);
        messages_[sent_].sent = Clock::now();
        patience_.progress();
    }
}

void SyslogSink::settle() {
    if (!stream_.is_alive()) return fail(messages_.empty() ? "" : "the peer has closed the connection");
    const Clock::time_point before = Clock::now() - kHold;
    if (opened_ <= before) {
        backoff_.reset();
        report_.works();
    }
    if (sent_ == 0 || stream_.has_unacknowledged()) return;
    for (; sent_ > 0 && messages_.front().sent <= before; --sent_) messages_.pop_front();
}

void SyslogSink::fail(const std::string& why) {
    stream_.close();
    sent_ = 0;
    backoff_.fail(Clock::now());
    if (!why.empty() && !patience_.is_spent()) report_.failed(why, "trying again");
}

bool SyslogSink::is_received() const {
    return stream_.is_open() && !stream_.has_unacknowledged();
}

void SyslogSink::give_up() {
    const std::size_t received = is_received() ? sent_ : 0;
    lost_.fetch_add(messages_.size() - received, std::memory_order_relaxed);
    messages_.clear();
    sent_ = 0;
}

base::Result<void> SyslogSink::finish() {
    hurry();
    while (!messages_.empty() && !patience_.is_spent()) {
        advance();
        if (sent_ == messages_.size() && is_received()) break;
        patience_.sleep(Clock::now() + kPause);
    }
    give_up();  // Of what was received nothing is lost by it.
    stream_.end(Clock::now() + kLongestEnd);
    if (lost() == 0) return {};
    return base::Error{fmt::format("{}: {} alerts were not delivered{}{}", report_.who(), lost(),
                                   report_.failure().empty() ? "" : ": ", report_.failure())};
}

}  // namespace flowsift::output
