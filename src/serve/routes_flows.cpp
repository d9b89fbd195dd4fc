// Routes of flows: streamed while the store is being read, one by one, and as CSV.
#include <utility>

#include "base/json.h"
#include "output/community_id.h"
#include "serve/json_rows.h"
#include "serve/json_time.h"
#include "serve/pushed_chunks.h"
#include "serve/query_values.h"
#include "serve/route_tables.h"
#include "serve/store_access.h"
#include "store/stored_flow_csv.h"

namespace flowsift::serve {
namespace {

constexpr std::int64_t kMostRows = 10'000;

/// All that a stream needs when the request is gone.
struct FlowSearch {
    store::Database database;
    store::Filter filter;
    Page page;
};

std::variant<std::shared_ptr<FlowSearch>, Response> search_of(const Request& request, Services& services) {
    auto page = page_of(request, services, store::flow_sort_keys(), "-first", kMostRows);
    if (!page) return error_response(page.error());
    auto filter = filter_of(request, store::Records::kFlows);
    if (auto* refusal = std::get_if<Response>(&filter)) return std::move(*refusal);
    auto database = open_store_of(services);
    if (!database) return error_response(database.error());
    return std::make_shared<FlowSearch>(
        FlowSearch{std::move(*database), std::move(std::get<store::Filter>(filter)), *page});
}

store::FlowQuery query_of(const FlowSearch& search) {
    return {.window = search.page.window,
            .filter = &search.filter,
            .order = search.page.order,
            .limit = search.page.limit,
            .after = search.page.after};
}

std::string rows_line(std::span<const store::StoredFlow> rows) {
    std::string line;
    base::JsonWriter json(line);
    json.begin_object().key("rows").begin_array();
    for (const store::StoredFlow& row : rows) write_flow(json, row);
    json.end_array().end_object();
    return line + '\n';
}

std::string end_line(const base::Result<store::FlowOutcome>& outcome) {
    std::string line;
    base::JsonWriter json(line);
    json.begin_object();
    if (outcome) {
        json.member("end", true);
        write_text_or_null(json, "next", outcome->next ? outcome->next->text() : std::string());
        json.member("matched", outcome->matched).member("scanned", outcome->scanned);
    } else {
        json.member("error", outcome.error().message);
    }
    json.end_object();
    return line + '\n';
}

void stream_rows(FlowSearch& search, const PushedChunks::Push& push) {
    bool is_wanted = true;
    const store::FlowReceiver receiver{
        .rows = [&](std::span<const store::StoredFlow> rows) { is_wanted = is_wanted && push(rows_line(rows)); },
        .progress =
            [&](double share, std::uint64_t scanned) {
                std::string line;
                base::JsonWriter(line).begin_object().member("progress", share).member("scanned", scanned).end_object();
                is_wanted = is_wanted && push(line + '\n');
                return is_wanted;
            }};
    push(end_line(store::query_flows(search.database, query_of(search), receiver)));
}

void stream_csv(FlowSearch& search, const PushedChunks::Push& push) {
    bool is_wanted = push(store::stored_flow_csv_header());
    store::FlowQuery query = query_of(search);
    query.limit = UINT64_MAX;
    const store::FlowReceiver receiver{.rows =
                                           [&](std::span<const store::StoredFlow> rows) {
                                               std::string text;
                                               for (const auto& row : rows) store::append_csv(text, row);
                                               is_wanted = is_wanted && push(text);
                                           },
                                       .progress = [&](double, std::uint64_t) { return is_wanted; }};
    const auto outcome = store::query_flows(search.database, query, receiver);
    if (!outcome) push("# incomplete: " + outcome.error().message + "\n");
}

Response answer_stream(const Request& request, Services& services, std::string content_type,
                       void (*stream)(FlowSearch&, const PushedChunks::Push&)) {
    auto search = search_of(request, services);
    if (auto* refusal = std::get_if<Response>(&search)) return std::move(*refusal);
    Response response{.content_type = std::move(content_type)};
    response.chunks = PushedChunks::start([search = std::get<std::shared_ptr<FlowSearch>>(search),
                                           stream](const PushedChunks::Push& push) { stream(*search, push); });
    if (!response.chunks) return error_response(503, "too many searches run at once; try again in a moment");
    return response;
}

Response get_flows(const Request& request, Services& services) {
    return answer_stream(request, services, "application/x-ndjson", stream_rows);
}

Response get_csv(const Request& request, Services& services) {
    Response response = answer_stream(request, services, "text/csv; charset=utf-8", stream_csv);
    if (response.chunks) response.headers.emplace_back("Content-Disposition", "attachment; filename=\"flows.csv\"");
    return response;
}

void write_features(base::JsonWriter& json, const std::optional<store::FlowValues>& values) {
    if (!values) return write_null(json, "features");
    json.key("features").begin_array();
    for (std::size_t i = 0; i < values->values.size(); ++i) {
        json.begin_object().member("name", values->features[i]);
        json.member("value", static_cast<double>(values->values[i])).end_object();
    }
    json.end_array();
}

Response get_flow(const Request& request, Services& services) {
    auto database = open_store_of(services);
    if (!database) return error_response(database.error());
    const std::uint64_t id = number_param_of(request, "id");
    const auto flow = store::find_flow(*database, id);
    if (!flow) return error_response(flow.error());
    if (!*flow) return error_response(404, "there is no such flow in the store, or no longer");
    const auto values = store::flow_values(*database, id);
    if (!values) return error_response(values.error());
    Response response;
    base::JsonWriter json(response.body);
    begin_flow(json, **flow);
    json.member("community_id", output::community_id((*flow)->flow));
    write_features(json, *values);
    json.end_object();
    return response;
}

constexpr Route kRoutes[] = {
    {.method = Method::kGet,
     .pattern = "/api/flows",
     .least_role = Role::kViewer,
     .summary = "Flows of a window that pass a filter, line by line, with progress; closing the connection cancels.",
     .handler = get_flows,
     .schema = "application/x-ndjson",
     .query = "from,to,filter,sort,limit,cursor"},
    {.method = Method::kGet,
     .pattern = "/api/flows.csv",
     .least_role = Role::kViewer,
     .summary =
         "The same as CSV, all of them; cells that a spreadsheet would take for formulas begin with an apostrophe.",
     .handler = get_csv,
     .schema = "text/csv",
     .query = "from,to,filter"},
    {.method = Method::kGet,
     .pattern = "/api/flows/{id}",
     .least_role = Role::kViewer,
     .summary = "A flow with its features, where they are kept.",
     .handler = get_flow,
     .schema = "Flow"},
};

}  // namespace

std::span<const Route> flow_routes() {
    return kRoutes;
}

}  // namespace flowsift::serve
