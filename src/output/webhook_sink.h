// WebhookSink: every alert, and the growth of its episode, as one POST of its EVE object (JSON) over HTTP or HTTPS.
//
// An answer of 2xx is a receipt; 408, 429 and 5xx are tried again, ten times in all; any other answer is a refusal and
// is not. A server that does not answer is tried again as long as the run lasts. Where an answer got lost, the alert
// comes twice. Behind a queue: calls return when the fate of the alert is known. hurry() and counters by any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "output/backoff.h"
#include "output/eve_text.h"
#include "output/http_answer.h"
#include "output/peer_report.h"
#include "output/remote_stream.h"
#include "output/sink.h"

namespace flowsift::output {

class WebhookSink final : public Sink {
  public:
    struct Options {
        std::string address;      ///< "https://host/path".
        std::string ca_file;      ///< See TlsContext.
        std::string header_file;  ///< Headers of every request, secrets among them; see read_header_file().
        std::string capture;      ///< See EveText.
        bool is_live = false;
        Teller tell;
    };

    /// Nothing is connected yet. Error: no such address, or a file cannot be used.
    static base::Result<std::unique_ptr<WebhookSink>> open(Options options);

    void on_alert(const detect::Alert& alert) override { deliver(text_.alert(alert)); }
    void on_episode(const detect::Episode& episode) override { deliver(text_.episode(episode)); }
    FlowUse flow_use() const override { return FlowUse::kNone; }
    void hurry() override;
    std::uint64_t lost() const override { return lost_.load(std::memory_order_relaxed); }
    std::uint64_t refused() const override { return refused_.load(std::memory_order_relaxed); }
    base::Result<void> finish() override;

  private:
    using Clock = Patience::Clock;
    enum class Fate : std::uint8_t { kOpen, kDelivered, kRefused, kGivenUp };

    WebhookSink(const RemoteAddress& address, std::shared_ptr<const TlsContext> tls, const std::string& headers,
                const Options& options);

    void deliver(std::string_view body);
    Fate try_once(std::string_view body, int& answers);
    Fate judge(const HttpAnswer& answer, int& answers);
    base::Result<HttpAnswer> exchange(std::string_view body);
    base::Result<HttpAnswer> read_answer(Clock::time_point until);

    Patience patience_;
    RemoteStream stream_;
    EveText text_;
    std::string head_;  ///< Of a request, up to the value of Content-Length.
    PeerReport report_;
    Backoff backoff_;
    Clock::time_point not_before_ = {};  ///< The server's word (Retry-After).
    std::string request_;                ///< Kept for its capacity.
    std::atomic<std::uint64_t> lost_{0};
    std::atomic<std::uint64_t> refused_{0};
};

}  // namespace flowsift::output
