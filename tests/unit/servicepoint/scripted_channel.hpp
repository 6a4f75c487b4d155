#pragma once
// A channel whose far end follows a script: one answer for each HTTP request. For tests of the HTTP session and of the
// SOAP clients.

#include <charconv>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "net/channel.hpp"
#include "wire/http_digest.hpp"

namespace vme::servicepoint::test {

inline constexpr const char* kRealm = "Digest:48A70000000000000000000000000000";

/// What the far end answers to one request; empty: it ends the connection.
using Answers = std::deque<std::string>;

struct Seen {
  unsigned connections = 0;
  std::vector<std::string> requests;

  std::optional<wire::DigestAuthorization> authorization(std::size_t index) const {
    const auto& text = requests.at(index);
    const auto begin = text.find("Authorization: ");
    if (begin == std::string::npos) return std::nullopt;
    const auto value = begin + std::string_view("Authorization: ").size();
    const auto parsed = wire::parseDigestAuthorization(text.substr(value, text.find("\r\n", value) - value));
    return parsed ? std::optional(*parsed) : std::nullopt;
  }
  /// Which of the passwords the request was signed with.
  std::string passwordOf(std::size_t index, std::initializer_list<std::string> candidates) const {
    const auto given = authorization(index);
    if (!given) return "none";
    for (const auto& candidate : candidates) {
      if (wire::digestMatches(*given, "POST", wire::digestHash("admin", kRealm, candidate))) return candidate;
    }
    return "unknown";
  }
};

/// Gives one scripted answer for each request written.
class ScriptedChannel final : public net::Channel {
 public:
  ScriptedChannel(net::asio::any_io_executor executor, Answers& answers, Seen& seen)
      : executor_(std::move(executor)), answers_(answers), seen_(seen) {
    ++seen_.connections;
  }

  net::Task<vme::Result<std::size_t>> read(std::span<std::uint8_t> into) override {
    const auto count = std::min(into.size(), pending_.size());
    std::ranges::copy(asBytes(pending_).first(count), into.begin());
    pending_.erase(0, count);
    co_return count;
  }
  net::Task<vme::Result<void>> write(ByteView bytes) override {
    request_.append(asText(bytes));
    if (isWhole()) {
      seen_.requests.push_back(std::exchange(request_, {}));
      pending_ = answers_.empty() ? std::string() : answers_.front();
      if (!answers_.empty()) answers_.pop_front();
    }
    co_return vme::Result<void>();
  }
  net::Task<void> close() override { co_return; }
  void reset() override {}
  void setDeadline(std::chrono::steady_clock::time_point) override {}
  net::asio::any_io_executor executor() override { return executor_; }

 private:
  bool isWhole() const {
    constexpr std::string_view kLength = "Content-Length: ";
    const auto head = request_.find("\r\n\r\n");
    const auto length = request_.find(kLength);
    if (head == std::string::npos || length == std::string::npos) return false;
    std::size_t body = 0;
    std::from_chars(request_.data() + length + kLength.size(), request_.data() + head, body);
    return request_.size() >= head + 4 + body;
  }

  net::asio::any_io_executor executor_;
  Answers& answers_;
  Seen& seen_;
  std::string request_;
  std::string pending_;
};

}  // namespace vme::servicepoint::test
