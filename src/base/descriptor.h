// Descriptor: owns an open file descriptor and closes it. Moved, never copied; one owner, any thread.
#pragma once

#include <unistd.h>

#include <utility>

namespace flowsift::base {

class Descriptor {
  public:
    Descriptor() = default;
    /// Takes over `number`; negative: none.
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }

    bool is_open() const { return number_ >= 0; }
    int number() const { return number_; }

  private:
    int number_ = -1;
};

}  // namespace flowsift::base
