// PushedChunks: a body that its maker pushes, such as a query that calls back with rows, as a source that is pulled.
// The maker has a thread of its own and waits while the client does not take; when the client goes, push() says so.
//
// Destroyed by a worker: waits until the maker has noticed.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "serve/response.h"

namespace flowsift::serve {

class PushedChunks final : public ChunkSource {
  public:
    static constexpr std::size_t kMostWaiting = 256 * 1024;  ///< Bytes that are made and not taken.
    static constexpr int kMostAtOnce = 8;                    ///< In the process.

    using Push = std::function<bool(std::string_view bytes)>;  ///< False: nobody wants more.
    using Make = std::function<void(const Push& push)>;

    /// nullptr: so many run already.
    static std::unique_ptr<PushedChunks> start(Make make);
    ~PushedChunks() override;

    /// Waits for the next bytes.
    bool next(std::string& out) override;

  private:
    explicit PushedChunks(Make make);
    bool push(std::string_view bytes);

    static std::atomic<int> running_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::string waiting_;
    bool is_made_ = false;
    bool is_unwanted_ = false;
    std::thread thread_;
};

}  // namespace flowsift::serve
