#include "store/mutes.h"

#include <fmt/format.h>

#include "store/alert_query.h"
#include "store/open_store.h"
#include "store/transaction.h"
#include "store/triage.h"

namespace flowsift::store {
namespace {

std::optional<base::IpAddress> address_at(const Statement& row, int column) {
    const std::span<const std::uint8_t> bytes = row.blob(column);
    if (bytes.size() != 16) return {};
    return base::IpAddress::from_v6(bytes.first<16>());
}

void bind_address(Statement& statement, const std::optional<base::IpAddress>& address) {
    address ? statement.bind(std::span<const std::uint8_t>(address->bytes)) : statement.bind_null();
}

base::Error refusal(std::string what) {
    return {std::move(what), base::ErrorKind::kUsage};
}

std::string text_of(const Mute& mute) {
    std::string text = fmt::format("mute {}:", mute.id);
    if (mute.label) text += " class " + *mute.label;
    if (mute.source) text += " source " + to_string(*mute.source);
    if (mute.target) text += " target " + to_string(*mute.target);
    return text;
}

base::Result<void> insert(Database& store, Mute& mute) {
    auto row = store.prepare(
        "INSERT INTO mutes (label, source, target, expires, user, created, alert) VALUES (?, ?, ?, ?, ?, ?, ?)");
    if (!row) return row.error();
    mute.label ? row->bind(std::string_view(*mute.label)) : row->bind_null();
    bind_address(*row, mute.source);
    bind_address(*row, mute.target);
    row->bind(mute.expires).bind(std::string_view(mute.user)).bind(mute.created);
    if (auto done = row->bind(static_cast<std::int64_t>(mute.alert)).run(); !done) return done;
    mute.id = static_cast<std::uint64_t>(store.last_row());
    return {};
}

}  // namespace

base::Result<Mute> add_mute(Database& store, const MuteWish& wish) {
    if (!wish.label && !wish.source && !wish.target)
        return refusal("a mute needs a class, a source or a target; without one it would mute everything");
    if (wish.seconds < 1 || wish.seconds > kLongestMute)
        return refusal(fmt::format("a mute lasts from 1 to {} seconds, not {}", kLongestMute, wish.seconds));
    auto transaction = Transaction::begin(store);
    if (!transaction) return transaction.error();
    const auto alert = find_alert(store, wish.alert);
    if (!alert) return alert.error();
    if (!*alert) return refusal(fmt::format("there is no alert {}", wish.alert));
    Mute mute{.created = wall_clock_seconds(), .user = wish.user, .alert = wish.alert};
    mute.expires = mute.created + wish.seconds;
    if (wish.label) mute.label = (*alert)->label;
    if (wish.source) mute.source = (*alert)->flow.source;
    if (wish.target) mute.target = (*alert)->flow.destination;
    const std::string expired = fmt::format("DELETE FROM mutes WHERE expires <= {}", mute.created);
    if (auto deleted = store.execute(expired.c_str()); !deleted) return deleted.error();
    const auto there = store.number("SELECT count(*) FROM mutes");
    if (!there) return there.error();
    if (*there >= static_cast<std::int64_t>(kMostMutes))
        return refusal(fmt::format("there are {} mutes already; delete some", *there));
    if (auto inserted = insert(store, mute); !inserted) return inserted.error();
    if (auto added = add_history(store, mute.alert, mute.user, "mute", text_of(mute)); !added) return added.error();
    if (auto done = transaction->commit(); !done) return done.error();
    return mute;
}

base::Result<std::vector<Mute>> list_mutes(Database& store, std::int64_t now) {
    auto rows = store.prepare(
        "SELECT id, label, source, target, expires, created, user, alert FROM mutes WHERE expires > ? ORDER BY id");
    if (!rows) return rows.error();
    rows->bind(now);
    std::vector<Mute> mutes;
    for (;;) {
        const auto found = rows->step();
        if (!found) return found.error();
        if (!*found) return mutes;
        Mute& mute = mutes.emplace_back();
        mute.id = static_cast<std::uint64_t>(rows->number(0));
        if (!rows->is_null(1)) mute.label = std::string(rows->text(1));
        mute.source = address_at(*rows, 2);
        mute.target = address_at(*rows, 3);
        mute.expires = rows->number(4);
        mute.created = rows->number(5);
        mute.user = rows->text(6);
        mute.alert = static_cast<std::uint64_t>(rows->number(7));
    }
}

base::Result<bool> delete_mute(Database& store, std::uint64_t id, const std::string& user) {
    auto transaction = Transaction::begin(store);
    if (!transaction) return transaction.error();
    auto row = store.prepare("DELETE FROM mutes WHERE id = ? RETURNING alert");
    if (!row) return row.error();
    const auto found = row->bind(static_cast<std::int64_t>(id)).step();
    if (!found) return found.error();
    const auto alert = static_cast<std::uint64_t>(*found ? row->number(0) : 0);
    row->reset();
    if (*found)
        if (auto added = add_history(store, alert, user, "unmute", fmt::format("mute {}", id)); !added)
            return added.error();
    if (auto done = transaction->commit(); !done) return done.error();
    return *found;
}

detect::Policy with_mutes(detect::Policy policy, std::span<const Mute> mutes, std::span<const std::string> classes) {
    for (const Mute& mute : mutes) {
        detect::Allowance& allowance = policy.allowances.emplace_back();
        allowance.note = text_of(mute);
        if (mute.source) allowance.source.push_back({*mute.source, 128});
        if (mute.target) allowance.destination.push_back({*mute.target, 128});
        if (!mute.label) continue;
        allowance.classes.assign(classes.size() + 1, false);
        for (std::size_t c = 0; c < classes.size(); ++c) allowance.classes[c] = classes[c] == *mute.label;
        allowance.classes.back() = *mute.label == detect::kUnknownLabel;
    }
    return policy;
}

}  // namespace flowsift::store
