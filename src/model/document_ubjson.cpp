#include <fmt/format.h>

#include <bit>
#include <optional>

#include "model/document.h"

namespace flowsift::model {
namespace {

using base::Error;
using base::Result;

/// What a container says of itself before its values.
struct Frame {
    char type = 0;  ///< Of every value; 0: each says its own.
    std::optional<std::size_t> count;
};

class UbjsonParser {
  public:
    explicit UbjsonParser(base::Bytes bytes) : reader_(bytes) {}

    Result<Document> parse() {
        Document document;
        if (!value(marker(), document, 0) || !reader_.ok())
            return Error{fmt::format("not UBJSON that can be read, at byte {}: {}", reader_.position(),
                                     fault_ ? fault_ : "the file ends here")};
        return document;
    }

  private:
    bool fail(const char* why) {
        if (!fault_) fault_ = why;
        return false;
    }

    /// The next type; no-ops before it are skipped.
    char marker() {
        char read = 'N';
        while (read == 'N' && reader_.ok()) read = static_cast<char>(reader_.u8());
        return read;
    }

    /// Bytes of a number of that type; 0: no number.
    static std::size_t number_size(char type) {
        switch (type) {
            case 'i':
            case 'U':
                return 1;
            case 'I':
                return 2;
            case 'l':
            case 'd':
                return 4;
            case 'L':
            case 'D':
                return 8;
            default:
                return 0;
        }
    }

    double number(char type) {
        switch (type) {
            case 'i':
                return static_cast<std::int8_t>(reader_.u8());
            case 'U':
                return reader_.u8();
            case 'I':
                return static_cast<std::int16_t>(reader_.be16());
            case 'l':
                return static_cast<std::int32_t>(reader_.be32());
            case 'L':
                return static_cast<double>(static_cast<std::int64_t>(reader_.be64()));
            case 'd':
                return static_cast<double>(std::bit_cast<float>(reader_.be32()));
            default:
                return std::bit_cast<double>(reader_.be64());
        }
    }

    /// A count or length: never more than the bytes that are left, for everything counted takes a byte.
    bool length(char type, std::size_t& count) {
        if (number_size(type) == 0 || type == 'd' || type == 'D') return fail("a length was due");
        const double read = number(type);
        if (!(read >= 0) || read > static_cast<double>(reader_.remaining()))
            return fail("a length beyond the end of the file");
        count = static_cast<std::size_t>(read);
        return true;
    }

    bool text(char length_type, std::string& to) {
        std::size_t size = 0;
        if (!length(length_type, size)) return false;
        const base::Bytes bytes = reader_.bytes(size);
        to.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return reader_.ok();
    }

    bool value(char type, Document& to, std::size_t depth) {
        if (++values_ > kMaxDocumentValues) return fail("too many values");
        if (depth >= kMaxDocumentDepth) return fail("nested too deeply");
        if (number_size(type) != 0) {
            to.kind = Document::Kind::kNumber;
            to.number = number(type);
            return reader_.ok();
        }
        switch (type) {
            case 'Z':
                return true;
            case 'T':
            case 'F':
                to.kind = Document::Kind::kNumber;
                to.number = type == 'T' ? 1 : 0;
                return true;
            case 'S':
                to.kind = Document::Kind::kText;
                return text(marker(), to.text);
            case '[':
                return list(to, depth + 1);
            case '{':
                return object(to, depth + 1);
            default:
                return fail("a type that UBJSON does not have or this program does not read");
        }
    }

    /// Reads `$type` and `#count` where they stand. `first`: what follows the bracket; stays what it is, the marker of
    /// the first value or key or the end, where there is no count.
    bool frame(char& first, Frame& frame) {
        if (first == '$') {
            frame.type = static_cast<char>(reader_.u8());
            if (frame.type == 'Z' || frame.type == 'T' || frame.type == 'F' || frame.type == 'N')
                return fail("a container of values that take no bytes");
            first = static_cast<char>(reader_.u8());
            if (first != '#') return fail("a typed container without a count");
        }
        if (first != '#') return true;
        std::size_t count = 0;
        if (!length(marker(), count)) return false;
        frame.count = count;
        return true;
    }

    bool list(Document& to, std::size_t depth) {
        char next = marker();
        Frame of;
        if (!frame(next, of)) return false;
        to.kind = Document::Kind::kNumbers;
        if (of.count && number_size(of.type) != 0) return numbers(of, to);
        for (std::size_t i = 0; of.count ? i < *of.count : next != ']'; ++i) {
            if (of.count) next = of.type ? of.type : marker();
            if (!list_value(next, to, depth)) return false;
            if (!of.count) next = marker();
        }
        return reader_.ok();
    }

    bool numbers(const Frame& of, Document& to) {
        if (*of.count > reader_.remaining() / number_size(of.type)) return fail("a list beyond the end of the file");
        to.numbers.reserve(*of.count);
        for (std::size_t i = 0; i < *of.count; ++i) to.numbers.push_back(number(of.type));
        return reader_.ok();
    }

    /// A list starts as one of numbers and becomes one of any values with the first that is no number.
    bool list_value(char type, Document& to, std::size_t depth) {
        if (to.kind == Document::Kind::kNumbers && number_size(type) != 0) {
            to.numbers.push_back(number(type));
            return reader_.ok();
        }
        if (to.kind == Document::Kind::kNumbers && !to.numbers.empty())
            return fail("a list that mixes numbers with other values");
        to.kind = Document::Kind::kList;
        return value(type, to.items.emplace_back(), depth);
    }

    bool object(Document& to, std::size_t depth) {
        char next = marker();
        Frame of;
        if (!frame(next, of)) return false;
        to.kind = Document::Kind::kObject;
        for (std::size_t i = 0; of.count ? i < *of.count : next != '}'; ++i) {
            if (of.count) next = marker();
            if (!text(next, to.names.emplace_back())) return false;
            const char type = of.type ? of.type : marker();
            if (!value(type, to.items.emplace_back(), depth)) return false;
            if (!of.count) next = marker();
        }
        return reader_.ok();
    }

    base::ByteReader reader_;
    std::size_t values_ = 0;
    const char* fault_ = nullptr;
};

}  // namespace

Result<Document> parse_ubjson_document(base::Bytes bytes) {
    return UbjsonParser(bytes).parse();
}

}  // namespace flowsift::model
