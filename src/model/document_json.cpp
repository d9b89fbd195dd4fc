#include <fmt/format.h>
#include <simdjson.h>

#include "model/document.h"

namespace flowsift::model {
namespace {

using base::Error;
using base::Result;
using simdjson::dom::element;
using simdjson::dom::element_type;

/// Converts what simdjson has validated; simdjson has bounded the depth.
class Converter {
  public:
    bool convert(element from, Document& to) {
        if (++values_ > kMaxDocumentValues) return false;
        switch (from.type()) {
            case element_type::ARRAY:
                return convert_list(from.get_array().value_unsafe(), to);
            case element_type::OBJECT:
                return convert_object(from.get_object().value_unsafe(), to);
            case element_type::STRING:
                to.kind = Document::Kind::kText;
                to.text = from.get_string().value_unsafe();
                return true;
            case element_type::NULL_VALUE:
                return true;
            default:
                to.kind = Document::Kind::kNumber;
                to.number = number_of(from);
                return true;
        }
    }

  private:
    static bool is_number(element value) {
        return value.is_int64() || value.is_uint64() || value.is_double() || value.is_bool();
    }

    static double number_of(element value) {
        if (value.is_bool()) return value.get_bool().value_unsafe() ? 1 : 0;
        return value.get_double().value_unsafe();
    }

    bool convert_list(simdjson::dom::array from, Document& to) {
        to.kind = Document::Kind::kNumbers;
        for (const element value : from)
            if (!is_number(value)) to.kind = Document::Kind::kList;
        for (const element value : from) {
            if (to.kind == Document::Kind::kNumbers)
                to.numbers.push_back(number_of(value));
            else if (!convert(value, to.items.emplace_back()))
                return false;
        }
        return true;
    }

    bool convert_object(simdjson::dom::object from, Document& to) {
        to.kind = Document::Kind::kObject;
        for (const auto& member : from) {
            to.names.emplace_back(member.key);
            if (!convert(member.value, to.items.emplace_back())) return false;
        }
        return true;
    }

    std::size_t values_ = 0;
};

}  // namespace

const Document* Document::member(std::string_view name) const {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == name) return &items[i];
    return nullptr;
}

Result<Document> parse_json_document(base::Bytes text) {
    simdjson::dom::parser parser;
    if (const auto failed = parser.allocate(text.size(), kMaxDocumentDepth))
        return Error{fmt::format("no memory for its JSON: {}", simdjson::error_message(failed))};
    const simdjson::padded_string padded(reinterpret_cast<const char*>(text.data()), text.size());
    element root;
    if (const auto failed = parser.parse(padded).get(root))
        return Error{fmt::format("not JSON that can be read: {}", simdjson::error_message(failed))};
    Document document;
    if (!Converter().convert(root, document))
        return Error{fmt::format("its JSON has more than {} values", kMaxDocumentValues)};
    return document;
}

}  // namespace flowsift::model
