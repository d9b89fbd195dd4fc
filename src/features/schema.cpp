#include "features/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "features/feature_group.h"

namespace flowsift::features {
namespace {

/// Of each group its first so many features.
using Shares = std::array<std::size_t, kGroupCount>;

constexpr auto kCicPlace = static_cast<std::size_t>(GroupId::kCic);

void include(Shares& shares, std::size_t group, std::size_t features) {
    shares[group] = std::max(shares[group], features);
    if (feature_groups()[group].comes_with_cic) shares[kCicPlace] = feature_groups()[kCicPlace].features.size();
}

/// "early:8" of a schema's name. False: there is no such thing.
bool include(Shares& shares, std::string_view part) {
    const std::size_t colon = part.find(':');
    const auto found = std::ranges::find(feature_groups(), part.substr(0, colon), &FeatureGroup::name);
    if (found == feature_groups().end()) return false;
    std::size_t features = found->features.size();
    if (colon != std::string_view::npos) {
        const std::string_view digits = part.substr(colon + 1);
        std::size_t items = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), items);
        const bool is_number = error == std::errc() && end == digits.data() + digits.size();
        if (!is_number || items == 0 || found->item_size == 0 || items > features / found->item_size) return false;
        features = items * found->item_size;
    }
    include(shares, static_cast<std::size_t>(found - feature_groups().begin()), features);
    return true;
}

/// The shortest name that asks for these shares.
std::string name_of(const Shares& shares) {
    std::string name;
    bool is_cic_implied = false;
    for (std::size_t g = kGroupCount; g-- > 0;) {
        const FeatureGroup& group = feature_groups()[g];
        if (shares[g] == 0 || (g == kCicPlace && is_cic_implied)) continue;
        is_cic_implied |= group.comes_with_cic;
        std::string part(group.name);
        if (shares[g] < group.features.size()) part += fmt::format(":{}", shares[g] / group.item_size);
        if (!name.empty()) part.append("+").append(name);
        name = part;
    }
    return name;
}

Schema schema_of(const Shares& shares) {
    Schema schema{name_of(shares), {}};
    std::size_t first = 0;
    for (std::size_t g = 0; g < kGroupCount; ++g) {
        for (std::size_t i = 0; i < shares[g]; ++i) schema.features.push_back(static_cast<FeatureId>(first + i));
        first += feature_groups()[g].features.size();
    }
    return schema;
}

}  // namespace

const Schema& cic_schema() {
    static const Schema kSchema = [] {
        Shares shares{};
        include(shares, kCicPlace, feature_group(GroupId::kCic).features.size());
        return schema_of(shares);
    }();
    return kSchema;
}

std::string schema_names() {
    std::string names;
    for (const FeatureGroup& group : feature_groups()) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", group.name);
        if (group.item_size > 0) names += fmt::format(" ({}:N: of the first N packets)", group.name);
    }
    return names;
}

base::Result<Schema> find_schema(std::string_view name) {
    Shares shares{};
    std::string_view rest = name;
    for (bool has_more = true; has_more;) {
        const std::size_t plus = rest.find('+');
        has_more = plus != std::string_view::npos;
        if (!include(shares, rest.substr(0, plus)))
            return base::Error{
                fmt::format("unknown feature schema '{}'; there are: {}; join several by +", name, schema_names()),
                base::ErrorKind::kUsage};
        if (has_more) rest.remove_prefix(plus + 1);
    }
    return schema_of(shares);
}

Schema covering_schema(const Schema& wanted) {
    Shares shares{};
    include(shares, kCicPlace, feature_group(GroupId::kCic).features.size());
    std::size_t first = 0;
    for (std::size_t g = 0; g < kGroupCount; ++g) {
        const std::size_t size = feature_groups()[g].features.size();
        const auto is_of_group = [&](FeatureId id) { return id >= first && id < first + size; };
        if (std::ranges::any_of(wanted.features, is_of_group)) include(shares, g, size);
        first += size;
    }
    return schema_of(shares);
}

}  // namespace flowsift::features
