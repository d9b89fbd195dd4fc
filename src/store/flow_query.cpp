#include "store/flow_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "store/flow_window.h"

namespace flowsift::store {
namespace {

constexpr std::uint64_t kFirstSlice = 2'000, kLargestSlice = 50'000;  // Flows; the larger take some 50 ms.
constexpr std::size_t kRowsAtOnce = 1'000;

constexpr SortKey kKeys[] = {
    {"first", "flows.first"},
    {"last", "flows.last"},
    {"duration", "flows.last - flows.first"},
    {"bytes", "flows.forward_bytes + flows.backward_bytes"},
    {"packets", "flows.forward_packets + flows.backward_packets"},
    {"probability", "coalesce(flows.probability, -1.0)", true},
    {"source_port", "flows.source_port"},
    {"destination_port", "flows.destination_port"},
};

constexpr std::string_view kColumns =
    "flows.id, first, last, source, destination, source_port, destination_port, protocol, vlan, tunnel, icmp_type, "
    "icmp_code, forward_packets, backward_packets, forward_bytes, backward_bytes, end_reason, application, name, "
    "label, "
    "probability, is_novel, alert";

base::IpAddress address_of(std::span<const std::uint8_t> bytes) {
    return bytes.size() == 16 ? base::IpAddress::from_v6(bytes.first<16>()) : base::IpAddress{};
}

template <class Enum>
Enum within(std::int64_t number, int count) {
    return static_cast<Enum>(number >= 0 && number < count ? number : 0);
}

class FlowReader {
  public:
    base::Result<void> prepare(Database& store) {
        auto rows = store.prepare("SELECT id, label FROM labels");
        if (!rows) return rows.error();
        for (;;) {
            const auto found = rows->step();
            if (!found) return found.error();
            if (!*found) return {};
            labels_.emplace(rows->number(0), std::string(rows->text(1)));
        }
    }

    StoredFlow flow_at(const Statement& row) const {
        StoredFlow stored{.id = static_cast<std::uint64_t>(row.number(0)),
                          .application = within<features::Application>(row.number(17), 5),
                          .name = std::string(row.text(18)),
                          .probability = row.real(20),
                          .is_novel = row.number(21) != 0,
                          .alert = static_cast<std::uint64_t>(row.number(22))};
        flow::FlowIdentity& flow = stored.flow;
        flow.first = row.number(1);
        flow.last = row.number(2);
        flow.source = address_of(row.blob(3));
        flow.destination = address_of(row.blob(4));
        flow.source_port = static_cast<std::uint16_t>(row.number(5));
        flow.destination_port = static_cast<std::uint16_t>(row.number(6));
        flow.protocol = static_cast<std::uint8_t>(row.number(7));
        flow.vlan = static_cast<std::uint32_t>(row.number(8));
        flow.tunnel_id = static_cast<std::uint32_t>(row.number(9));
        flow.icmp_type = static_cast<std::int16_t>(row.number(10));
        flow.icmp_code = static_cast<std::int16_t>(row.number(11));
        std::uint64_t* const counts[] = {&flow.forward_packets, &flow.backward_packets, &flow.forward_wire_bytes,
                                         &flow.backward_wire_bytes};
        for (int i = 0; i < 4; ++i) *counts[i] = static_cast<std::uint64_t>(row.number(12 + i));
        flow.end_reason = within<flow::EndReason>(row.number(16), flow::kEndReasonCount);
        if (const auto label = labels_.find(row.number(19)); label != labels_.end()) stored.label = label->second;
        return stored;
    }

    base::Result<std::vector<StoredFlow>> all(Statement& rows) const {
        std::vector<StoredFlow> flows;
        for (;;) {
            const auto found = rows.step();
            if (!found) return found.error();
            if (!*found) return flows;
            flows.push_back(flow_at(rows));
        }
    }

  private:
    std::map<std::int64_t, std::string> labels_;
};

/// One run of query_flows().
class Query {
  public:
    Query(Database& store, const FlowQuery& query, const FlowReceiver& receiver)
        : store_(store), query_(query), receiver_(receiver), filter_(query.filter ? *query.filter : Filter{}) {}

    base::Result<FlowOutcome> run() {
        if (auto prepared = reader_.prepare(store_); !prepared) return prepared.error();
        const bool is_by_time = query_.order.key == &kKeys[0];
        auto done = is_by_time ? by_time() : by_key();
        if (!done) return done.error();
        return outcome_;
    }

  private:
    std::string condition() const {
        return fmt::format("WHERE flows.first >= ? AND flows.first < ?{}{}", filter_.and_where(),
                           after_cursor(query_.after, query_.order, "flows.id"));
    }

    void bind(Statement& rows, const TimeWindow& slice) const {
        rows.bind(slice.from).bind(slice.to);
        filter_.bind(rows);
        if (query_.after) query_.after->bind(rows);
    }

    bool goes_on(const FlowWindow& window) {
        outcome_.scanned = window.scanned();
        outcome_.is_stopped = receiver_.progress && !receiver_.progress(window.share(), outcome_.scanned);
        return !outcome_.is_stopped;
    }

    void give(std::vector<StoredFlow>& flows) const {
        if (receiver_.rows && !flows.empty()) receiver_.rows(flows);
        flows.clear();
    }

    base::Result<void> by_time() {
        TimeWindow wanted = query_.window;
        const auto* at = query_.after ? std::get_if<std::int64_t>(&query_.after->key) : nullptr;
        if (at && query_.order.is_descending && *at < INT64_MAX) wanted.to = std::min(wanted.to, *at + 1);
        if (at && !query_.order.is_descending) wanted.from = std::max(wanted.from, *at);
        FlowWindow window(store_, wanted, query_.order.is_descending);
        const std::string_view direction = query_.order.direction();
        auto rows =
            store_.prepare(fmt::format("SELECT {0} FROM flows {1} ORDER BY flows.first {2}, flows.id {2} LIMIT ?",
                                       kColumns, condition(), direction));
        if (!rows) return rows.error();
        for (std::uint64_t flows = kFirstSlice; outcome_.matched < query_.limit;
             flows = std::min(2 * flows, kLargestSlice)) {
            const auto slice = window.next(flows);
            if (!slice) return slice.error();
            if (!*slice) return {};
            if (auto read = read_slice(*rows, **slice); !read) return read;
            if (!goes_on(window)) return {};
        }
        return {};
    }

    base::Result<void> read_slice(Statement& rows, const TimeWindow& slice) {
        bind(rows, slice);
        const std::uint64_t room = query_.limit - outcome_.matched;
        rows.bind(static_cast<std::int64_t>(std::min<std::uint64_t>(room, INT64_MAX)));
        std::vector<StoredFlow> flows;
        for (;;) {
            const auto found = rows.step();
            if (!found) return found.error();
            if (!*found) break;
            flows.push_back(reader_.flow_at(rows));
            if (++outcome_.matched == query_.limit)
                outcome_.next = Cursor{flows.back().flow.first, static_cast<std::int64_t>(flows.back().id)};
            if (flows.size() == kRowsAtOnce) give(flows);
        }
        give(flows);
        return {};
    }

    bool comes_before(const Cursor& a, const Cursor& b) const {
        const bool is_less = a.key < b.key || (a.key == b.key && a.id < b.id);
        const bool is_same = a.key == b.key && a.id == b.id;
        return query_.order.is_descending ? !is_less && !is_same : is_less;
    }

    /// Keeps the best of all that match, then reads their rows.
    base::Result<void> by_key() {
        const auto before = [this](const Cursor& a, const Cursor& b) { return comes_before(a, b); };
        const std::size_t most = std::min(query_.limit, kMostSortedFlows);
        FlowWindow window(store_, query_.window, true);
        auto rows =
            store_.prepare(fmt::format("SELECT {}, flows.id FROM flows {}", query_.order.key->sql, condition()));
        if (!rows) return rows.error();
        std::vector<Cursor> best;  // A heap, the last of them on top.
        for (;;) {
            const auto slice = window.next(kLargestSlice);
            if (!slice) return slice.error();
            if (!*slice) break;
            bind(*rows, **slice);
            for (auto found = rows->step();; found = rows->step()) {
                if (!found) return found.error();
                if (!*found) break;
                ++outcome_.matched;
                Cursor place{rows->number(0), rows->number(1)};
                if (query_.order.key->is_real) place.key = rows->real(0);
                if (best.size() == most && (most == 0 || !before(place, best.front()))) continue;
                best.push_back(place);
                std::ranges::push_heap(best, before);
                if (best.size() <= most) continue;
                std::ranges::pop_heap(best, before);
                best.pop_back();
            }
            if (!goes_on(window)) return {};
        }
        std::ranges::sort(best, before);
        if (best.size() == most && outcome_.matched > most) outcome_.next = best.back();
        return give_rows(best);
    }

    base::Result<void> give_rows(const std::vector<Cursor>& places) {
        auto row = store_.prepare(fmt::format("SELECT {} FROM flows WHERE id = ?", kColumns));
        if (!row) return row.error();
        std::vector<StoredFlow> flows;
        for (const Cursor& place : places) {
            const auto found = row->bind(place.id).step();
            if (!found) return found.error();
            if (*found) flows.push_back(reader_.flow_at(*row));  // Else it has just been deleted.
            row->reset();
            if (flows.size() == kRowsAtOnce) give(flows);
        }
        give(flows);
        return {};
    }

    Database& store_;
    const FlowQuery& query_;
    const FlowReceiver& receiver_;
    Filter filter_;
    FlowReader reader_;
    FlowOutcome outcome_;
};

}  // namespace

std::span<const SortKey> flow_sort_keys() {
    return kKeys;
}

base::Result<FlowOutcome> query_flows(Database& store, const FlowQuery& query, const FlowReceiver& receiver) {
    return Query(store, query, receiver).run();
}

base::Result<std::optional<StoredFlow>> find_flow(Database& store, std::uint64_t id) {
    FlowReader reader;
    if (auto prepared = reader.prepare(store); !prepared) return prepared.error();
    auto row = store.prepare(fmt::format("SELECT {} FROM flows WHERE id = ?", kColumns));
    if (!row) return row.error();
    const auto found = row->bind(static_cast<std::int64_t>(id)).step();
    if (!found) return found.error();
    if (!*found) return std::optional<StoredFlow>();
    return std::optional(reader.flow_at(*row));
}

base::Result<std::vector<StoredFlow>> alert_flows(Database& store, std::uint64_t alert, std::uint64_t after,
                                                  std::uint64_t limit) {
    FlowReader reader;
    if (auto prepared = reader.prepare(store); !prepared) return prepared.error();
    auto rows = store.prepare(
        fmt::format("SELECT {} FROM flows WHERE alert = ? AND flows.id > ? ORDER BY flows.id LIMIT ?", kColumns));
    if (!rows) return rows.error();
    for (const std::uint64_t number : {alert, after, std::min<std::uint64_t>(limit, INT64_MAX)})
        rows->bind(static_cast<std::int64_t>(number));
    return reader.all(*rows);
}

base::Result<std::optional<FlowValues>> flow_values(Database& store, std::uint64_t id) {
    auto row = store.prepare(
        "SELECT row, features FROM flow_features JOIN schemas ON schemas.id = flow_features.schema WHERE flow = ?");
    if (!row) return row.error();
    const auto found = row->bind(static_cast<std::int64_t>(id)).step();
    if (!found) return found.error();
    if (!*found) return std::optional<FlowValues>();
    FlowValues kept;
    const std::span<const std::uint8_t> bytes = row->blob(0);
    kept.values.resize(bytes.size() / sizeof(float));
    std::memcpy(kept.values.data(), bytes.data(), kept.values.size() * sizeof(float));
    std::string_view names = row->text(1);
    while (!names.empty()) {
        const std::size_t end = std::min(names.find('\n'), names.size());
        kept.features.emplace_back(names.substr(0, end));
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    if (kept.features.size() != kept.values.size())
        return base::Error{fmt::format("{}: the feature values of flow {} are damaged", store.path(), id)};
    return std::optional(std::move(kept));
}

}  // namespace flowsift::store
