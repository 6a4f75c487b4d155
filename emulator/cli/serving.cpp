#include "cli/serving.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace vme::cli {
namespace {

using Grade = Finding::Grade;

class Caller {
 public:
  explicit Caller(std::chrono::milliseconds patience) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{.tv_sec = patience.count() / 1000, .tv_usec = patience.count() % 1000 * 1000};
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);  // on Linux of connect too
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~Caller() {
    if (socket_ >= 0) ::close(socket_);
  }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  /// 0, or the error of connect.
  int call(const Endpoint& endpoint) const {
    return ::connect(socket_, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0 ? 0 : errno;
  }

  /// Ends this side; whether the other side then ended too, in order or by a reset.
  bool isHungUpOn() const {
    ::shutdown(socket_, SHUT_WR);
    std::array<char, 512> answer;
    ssize_t got = 0;
    do {
      got = ::recv(socket_, answer.data(), answer.size(), 0);
    } while (got > 0);
    return got == 0 || errno == ECONNRESET;
  }

 private:
  int socket_;
};

Finding askAt(const Endpoint& endpoint, std::chrono::milliseconds patience) {
  const auto check = fmt::format("{}:{}", endpoint.address().to_string(), endpoint.port());
  const Caller caller(patience);
  const auto error = caller.call(endpoint);
  if (error == ECONNREFUSED) return {check, Grade::limited, "nobody listens", ""};
  if (error == 0 && caller.isHungUpOn()) return {check, Grade::good, "answers", ""};
  const bool silent = error == 0 || error == EINPROGRESS || error == EAGAIN || error == ETIMEDOUT;
  const auto seen =
      silent ? fmt::format("listens, but stays silent for {} ms", patience.count()) : std::strerror(error);
  return {check, Grade::bad, seen, "end that vme and start it again"};
}

}  // namespace

std::vector<Finding> servingFindings(const std::vector<Endpoint>& endpoints, std::chrono::milliseconds patience) {
  std::vector<Finding> all;
  for (const auto& endpoint : endpoints) all.push_back(askAt(endpoint, patience));
  if (std::ranges::all_of(all, [](const Finding& finding) { return finding.grade == Grade::limited; })) {
    for (auto& finding : all) {
      finding.grade = Grade::bad;
      finding.mend = "start a vme there, or name the address and port that it has";
    }
  }
  return all;
}

}  // namespace vme::cli
