// Options as the pairs of name and text that a model keeps, read back. Pure functions.
#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace flowsift::learn {

using OptionTexts = std::vector<std::pair<std::string, std::string>>;

/// The first of this name; empty where there is none.
inline std::string text_of(const OptionTexts& texts, std::string_view name) {
    for (const auto& [key, value] : texts)
        if (key == name) return value;
    return {};
}

/// False where the text is no number, or another one than T can hold; `value` then stays.
template <class T>
bool read_option(const OptionTexts& texts, std::string_view name, T& value) {
    const std::string text = text_of(texts, name);
    T read{};
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), read);
    if (fault != std::errc{} || end != text.data() + text.size()) return false;
    value = read;
    return true;
}

}  // namespace flowsift::learn
