// Result<T>: a value, or an Error that tells the user what was wrong, where, and what to do next.
//
// For whatever can fail outside the program: files, configuration, models, networks. Malformed packets are not errors
// but counters (decode/outcome.h). Exceptions of libraries are caught where the library is called and become an Error.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace flowsift::base {

/// The value is the exit code of the program.
enum class ErrorKind { kFailed = 1, kUsage = 2, kPermission = 77, kConfiguration = 78 };

struct Error {
    std::string message;  ///< One sentence or more for the user, without a trailing newline.
    ErrorKind kind = ErrorKind::kFailed;
};

template <class T>
class [[nodiscard]] Result {
  public:
    Result(T value) : outcome_(std::move(value)) {}      // NOLINT(google-explicit-constructor): `return value;`
    Result(Error error) : outcome_(std::move(error)) {}  // NOLINT(google-explicit-constructor): `return Error{…};`

    bool ok() const { return std::holds_alternative<T>(outcome_); }
    explicit operator bool() const { return ok(); }

    /// Precondition of both: ok().
    T& value() & { return std::get<T>(outcome_); }
    const T& value() const& { return std::get<T>(outcome_); }
    T&& value() && { return std::get<T>(std::move(outcome_)); }
    T* operator->() { return &std::get<T>(outcome_); }
    const T* operator->() const { return &std::get<T>(outcome_); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }

    /// Precondition: !ok().
    const Error& error() const { return std::get<Error>(outcome_); }

  private:
    std::variant<T, Error> outcome_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

    bool ok() const { return !error_.has_value(); }
    explicit operator bool() const { return ok(); }
    const Error& error() const { return *error_; }

  private:
    std::optional<Error> error_;
};

}  // namespace flowsift::base
