#include "serve/response.h"

#include "base/json.h"

namespace flowsift::serve {

Response error_response(int status, std::string_view message) {
    Response response{.status = status};
    base::JsonWriter(response.body).begin_object().member("error", message).end_object();
    return response;
}

Response error_response(const base::Error& error) {
    switch (error.kind) {
        case base::ErrorKind::kUsage:
            return error_response(400, error.message);
        case base::ErrorKind::kPermission:
            return error_response(403, error.message);
        case base::ErrorKind::kConfiguration:
            return error_response(409, error.message);
        case base::ErrorKind::kFailed:
            break;
    }
    return error_response(500, error.message);
}

Response no_content() {
    return {.status = 204, .content_type = ""};
}

std::string_view reason_phrase(int status) {
    struct Phrase {
        int status;
        std::string_view text;
    };
    constexpr Phrase kPhrases[] = {{200, "OK"},
                                   {201, "Created"},
                                   {202, "Accepted"},
                                   {204, "No Content"},
                                   {304, "Not Modified"},
                                   {400, "Bad Request"},
                                   {401, "Unauthorized"},
                                   {403, "Forbidden"},
                                   {404, "Not Found"},
                                   {405, "Method Not Allowed"},
                                   {408, "Request Timeout"},
                                   {409, "Conflict"},
                                   {413, "Content Too Large"},
                                   {415, "Unsupported Media Type"},
                                   {421, "Misdirected Request"},
                                   {429, "Too Many Requests"},
                                   {431, "Request Header Fields Too Large"},
                                   {500, "Internal Server Error"},
                                   {501, "Not Implemented"},
                                   {503, "Service Unavailable"}};
    for (const Phrase& phrase : kPhrases)
        if (phrase.status == status) return phrase.text;
    return "Unknown";
}

}  // namespace flowsift::serve
