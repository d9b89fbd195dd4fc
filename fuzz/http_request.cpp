// Any bytes as what a client of the dashboard sends: the reader of requests, targets, cookies, the gate, routing, and
// the handlers that read JSON; without sockets. The first byte says how much of the rest comes at once.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "serve/accounts.h"
#include "serve/control.h"
#include "serve/event_hub.h"
#include "serve/live_board.h"
#include "serve/login_limit.h"
#include "serve/request_reader.h"
#include "serve/sessions.h"
#include "serve/site.h"

namespace {

using namespace flowsift::serve;

/// A site of which no password is known, so that no hash is computed: the fuzzer would do nothing else.
struct Stage {
    std::unique_ptr<Accounts> accounts = *Accounts::open(":memory:");
    Sessions sessions{*accounts};
    OneTimeTokens tokens;
    LoginLimit logins;
    EventHub events;
    LiveBoard board;
    Control control;
    Services services{.accounts = accounts.get(),
                      .sessions = &sessions,
                      .tokens = &tokens,
                      .logins = &logins,
                      .events = &events,
                      .board = &board,
                      .control = &control,
                      .metrics = [] { return std::string("x 1\n"); },
                      .cookie = "s",
                      .version = "0"};
    Site site{{.cookie = "s"}, services};
    std::string admin;

    Stage() {
        if (!accounts->add_guest("fuzz", Role::kAdmin)) std::abort();
        admin = *sessions.start("fuzz");
    }
};

/// As if the admin's own page had sent it: most of what is behind the gate would never be reached otherwise.
void sign(RequestHead& head, Stage& stage) {
    head.headers.emplace_back("cookie", "s=" + stage.admin);
    head.headers.emplace_back("x-csrf-token", stage.sessions.csrf_token(stage.admin));
    head.headers.emplace_back("origin", "http://" + std::string(head.header("host")));
}

void answer(Stage& stage, RequestHead head, std::string body) {
    if (head.headers.empty() || head.count("cookie") == 0) sign(head, stage);
    Admission admission = stage.site.admit(head, "127.0.0.1");
    if (admission.refusal) {
        if (admission.refusal->status < 400) std::abort();
        return;
    }
    if (body.size() > admission.body_limit) return;
    admission.request.body_bytes = body.size();
    admission.request.body = std::move(body);
    const bool hashes = admission.route->pattern == "/api/users" || admission.route->pattern == "/api/login" ||
                        admission.route->pattern == "/api/password";
    const bool is_answered_by_hash = hashes && admission.request.method == Method::kPost &&
                                     admission.request.body.find("password") != std::string::npos;
    if (is_answered_by_hash || admission.route->pattern == "/api/logout") return;
    const Response response = stage.site.answer(*admission.route, admission.request);
    const Framed framed = render_head(response, head.is_http_1_1, head.keeps_alive);
    // One head: nothing of the request has ended it early.
    if (framed.head.find("\r\n\r\n") != framed.head.size() - 4) std::abort();
    if (response.content_type.starts_with("application/json") && response.body.find('<') != std::string::npos)
        std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Stage stage;
    if (size == 0) return 0;
    const std::size_t step = data[0] ? data[0] : size;
    const std::string_view all(reinterpret_cast<const char*>(data) + 1, size - 1);
    RequestReader reader;
    std::string in, body;
    for (std::size_t at = 0; at <= all.size();) {
        std::string_view view = in;
        const RequestReader::Found found = reader.put(view);
        in.erase(0, in.size() - view.size());
        if (found == RequestReader::Found::kHead) reader.limit_body(4'096);
        if (found == RequestReader::Found::kBody) body += reader.take_body();
        if (found == RequestReader::Found::kFault) return 0;
        if (found == RequestReader::Found::kDone) return answer(stage, reader.head(), std::move(body)), 0;
        if (body.size() > 4'096) std::abort();
        if (found != RequestReader::Found::kMore) continue;
        if (at == all.size()) return 0;
        in += all.substr(at, step);
        at = std::min(all.size(), at + step);
    }
    return 0;
}
