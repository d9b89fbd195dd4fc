// SyslogSink: alerts to a syslog server over TCP (RFC 6587, octet counting) or TLS (RFC 5425).
//
// Syslog has no receipts. So what was sent is kept until the peer's kernel has acknowledged it and the connection has
// held for another second; a connection that breaks before is made anew, and that is sent again. It may come twice.
// Behind a queue: calls return when the message has been sent, or patience is spent. hurry(), lost() by any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "output/backoff.h"
#include "output/peer_report.h"
#include "output/remote_stream.h"
#include "output/sink.h"
#include "output/syslog_message.h"

namespace flowsift::output {

class SyslogSink final : public Sink {
  public:
    /// `address`: "tcp://host:601", "tls://host:6514" (these ports unless told). `ca_file`: see TlsContext. Nothing is
    /// connected yet. Error: no such address, or the file cannot be used.
    static base::Result<std::unique_ptr<SyslogSink>> open(const std::string& address, const std::string& ca_file,
                                                          Teller tell);

    void on_alert(const detect::Alert& alert) override { deliver(text_.alert(alert)); }
    void on_episode(const detect::Episode& episode) override { deliver(text_.episode(episode)); }
    FlowUse flow_use() const override { return FlowUse::kNone; }
    void flush() override;
    void hurry() override;
    std::uint64_t lost() const override { return lost_.load(std::memory_order_relaxed); }
    base::Result<void> finish() override;

  private:
    using Clock = Patience::Clock;
    struct Message {
        std::string frame;
        Clock::time_point sent = {};
    };

    SyslogSink(const RemoteAddress& address, std::shared_ptr<const TlsContext> tls, Teller tell);

    void deliver(const std::string& message);
    void advance();
    void connect();
    void send_rest();
    void settle();
    void fail(const std::string& why);  ///< Empty: of no interest, as of a connection that was idle.
    bool is_received() const;
    void give_up();

    Patience patience_;
    RemoteStream stream_;
    SyslogText text_;
    PeerReport report_;
    Backoff backoff_;
    Clock::time_point opened_ = {};
    std::deque<Message> messages_;  ///< Those that may have to be sent (again), oldest first.
    std::size_t sent_ = 0;          ///< Of them, on this connection.
    std::atomic<std::uint64_t> lost_{0};
};

}  // namespace flowsift::output
