#include "store/filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/terminal.h"
#include "store/filter_value.h"
#include "store/wildcard.h"

namespace flowsift::store {
namespace {

constexpr std::size_t kShown = 40;  // Bytes of what was typed that an error repeats.

std::string shown(std::string_view text) {
    return base::printable(text.substr(0, kShown)) + (text.size() > kShown ? "..." : "");
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
}

/// Insertions, deletions and replacements that make one of the other (Levenshtein).
std::size_t edits(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row[b.size()];
}

std::string unknown_field(std::string_view name) {
    const FilterField* nearest = nullptr;
    std::size_t least = 3;
    for (const FilterField& field : filter_fields()) {
        const std::size_t distance = edits(name.substr(0, kShown), field.name);
        if (distance >= least) continue;
        least = distance;
        nearest = &field;
    }
    std::string text = fmt::format("there is no field '{}'", shown(name));
    if (nearest) return fmt::format("{}; did you mean {}?", text, nearest->name);
    std::vector<std::string_view> names;
    for (const FilterField& field : filter_fields()) names.push_back(field.name);
    return fmt::format("{}; there are {}", text, fmt::join(names, ", "));
}

/// From left to right; the first mistake ends it.
class Parser {
  public:
    Parser(std::string_view text, Records records) : text_(text), records_(records) {}

    bool parse(Filter& filter) {
        skip_blanks();
        if (at_ == text_.size()) return true;
        if (text_.size() > kMostFilterBytes)
            return fail(0, fmt::format("a filter has at most {} bytes, not {}", kMostFilterBytes, text_.size()));
        if (!any_of(filter.where)) return false;
        filter.values = std::move(values_);
        return at_ == text_.size() || fail(at_, "there is no '(' for this ')'");
    }

    const std::string& mistake() const { return mistake_; }
    std::size_t column() const { return column_; }

  private:
    bool fail(std::size_t at, std::string what) {
        const std::string_view before = text_.substr(0, at);
        column_ =
            1 + static_cast<std::size_t>(std::ranges::count_if(before, [](char c) { return (c & 0xc0) != 0x80; }));
        mistake_ = fmt::format("column {}: {}", column_, what);
        return false;
    }

    void skip_blanks() {
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    }

    bool is_at(char c) const { return at_ < text_.size() && text_[at_] == c; }

    /// Takes `word` where it stands alone.
    bool take_word(std::string_view word) {
        const std::size_t end = at_ + word.size();
        if (!matches_wildcard(word, text_.substr(at_, word.size()))) return false;
        if (end < text_.size() && !is_blank(text_[end]) && text_[end] != '(' && text_[end] != ')') return false;
        at_ = end;
        skip_blanks();
        return true;
    }

    bool any_of(std::string& sql) {
        if (depth_++ > kMostFilterDepth) return fail(at_, "the parentheses are nested too deep");
        std::string side;
        do {
            if (!all_of(side)) return false;
            sql = sql.empty() ? side : sql + " OR " + side;
        } while (take_word("or"));
        sql = "(" + sql + ")";
        --depth_;
        return true;
    }

    bool all_of(std::string& sql) {
        sql.clear();
        std::string part;
        do {
            if (!part_of(part)) return false;
            sql = sql.empty() ? part : sql + " AND " + part;
            const bool is_said = take_word("and");
            if (!is_said && (at_ == text_.size() || is_at(')') || is_or())) break;
        } while (true);
        return true;
    }

    bool is_or() {
        const std::size_t before = at_;
        const bool is = take_word("or");
        at_ = before;
        return is;
    }

    bool part_of(std::string& sql) {
        bool is_negated = false;
        while (take_word("not") || is_at('-')) {
            if (is_at('-')) ++at_, skip_blanks();
            is_negated = !is_negated;
        }
        if (!(is_at('(') ? group(sql) : term(sql))) return false;
        if (is_negated) sql = "(NOT " + sql + ")";
        return true;
    }

    bool group(std::string& sql) {
        const std::size_t opened = at_++;
        skip_blanks();
        sql.clear();
        if (!any_of(sql)) return false;
        if (!is_at(')')) return fail(opened, "this '(' has no ')'");
        ++at_;
        skip_blanks();
        return true;
    }

    bool term(std::string& sql) {
        const std::size_t begin = at_;
        while (at_ < text_.size() && is_name(text_[at_])) ++at_;
        const std::string_view name = text_.substr(begin, at_ - begin);
        if (name.empty())
            return fail(begin, at_ == text_.size() ? "a term is missing, e.g. class:PortScan"
                                                   : fmt::format("'{}' begins no term; write FIELD:VALUE",
                                                                 shown(text_.substr(at_, 1))));
        Comparison comparison{};
        if (!take_comparison(comparison))
            return fail(begin, fmt::format("'{0}' has no value; write FIELD:VALUE, e.g. name:*{0}*", shown(name)));
        const FilterField* field = find(name);
        if (!field) return fail(begin, unknown_field(name));
        if (field->sql[static_cast<std::size_t>(records_)].empty())
            return fail(begin,
                        fmt::format("'{}' is a field of {}", name,
                                    records_ == Records::kFlows ? "alerts, not of flows" : "flows, not of alerts"));
        if (++terms_ > kMostFilterTerms) return fail(begin, "there are too many terms");
        const std::size_t value_at = at_;
        std::string value;
        return take_value(value) && add(*field, comparison, value, value_at, sql);
    }

    static const FilterField* find(std::string_view name) {
        for (const FilterField& field : filter_fields())
            if (field.name == name) return &field;
        return nullptr;
    }

    bool take_comparison(Comparison& comparison) {
        constexpr std::pair<std::string_view, Comparison> kSigns[] = {
            {">=", Comparison::kAtLeast}, {"<=", Comparison::kAtMost}, {"!=", Comparison::kIsNot},
            {">", Comparison::kMore},     {"<", Comparison::kLess},    {":", Comparison::kIs},
            {"=", Comparison::kIs}};
        for (const auto& [sign, meaning] : kSigns) {
            if (!text_.substr(at_).starts_with(sign)) continue;
            at_ += sign.size();
            comparison = meaning;
            return true;
        }
        return false;
    }

    bool take_value(std::string& value) {
        const std::size_t begin = at_;
        if (is_at('"')) {
            for (++at_; !is_at('"'); ++at_) {
                if (is_at('\\')) ++at_;
                if (at_ >= text_.size()) return fail(begin, "this '\"' has no other");
                value += text_[at_];
            }
            ++at_;
        } else {
            while (at_ < text_.size() && !is_blank(text_[at_]) && !is_at('(') && !is_at(')')) value += text_[at_++];
            if (value.empty()) return fail(begin, "a value is missing; \"\" is an empty one");
        }
        skip_blanks();
        return true;
    }

    bool add(const FilterField& field, Comparison comparison, const std::string& value, std::size_t at,
             std::string& sql) {
        const std::string_view condition = field.sql[static_cast<std::size_t>(records_)];
        const auto places = static_cast<std::size_t>(std::ranges::count(condition, '?'));
        if (field.kind == FieldKind::kText) {
            if (comparison != Comparison::kIs && comparison != Comparison::kIsNot)
                return fail(at, fmt::format("'{}' is a text: use ':' or '!='", field.name));
            values_.insert(values_.end(), places, value);
        } else {
            const auto range = parse_range(field, comparison, value);
            if (!range) return fail(at, range.error().message);
            for (std::size_t i = 0; i < places; i += 2) {
                values_.push_back(range->least);
                values_.push_back(range->greatest);
            }
        }
        // What is NULL meets no condition, and its opposite.
        sql = fmt::format("(({}) IS {}TRUE)", condition, comparison == Comparison::kIsNot ? "NOT " : "");
        return true;
    }

    std::string_view text_;
    Records records_;
    std::size_t at_ = 0, depth_ = 0, terms_ = 0, column_ = 0;
    std::vector<SqlValue> values_;
    std::string mistake_;
};

}  // namespace

void Filter::bind(Statement& statement) const {
    for (const SqlValue& value : values) {
        if (const auto* whole = std::get_if<std::int64_t>(&value)) statement.bind(*whole);
        if (const auto* real = std::get_if<double>(&value)) statement.bind(*real);
        if (const auto* text = std::get_if<std::string>(&value)) statement.bind(std::string_view(*text));
        if (const auto* address = std::get_if<base::IpAddress>(&value))
            statement.bind(std::span<const std::uint8_t>(address->bytes));
    }
}

base::Result<Filter> parse_filter(std::string_view text, Records records, std::size_t* at) {
    Filter filter;
    Parser parser(text, records);
    if (parser.parse(filter)) return filter;
    if (at) *at = parser.column();
    return base::Error{parser.mistake(), base::ErrorKind::kUsage};
}

}  // namespace flowsift::store
