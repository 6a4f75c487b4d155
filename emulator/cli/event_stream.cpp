#include "cli/event_stream.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "cli/common.hpp"
#include "cli/terminal.hpp"

namespace vme::cli {
namespace {

using Kind = runtime::Happening::Kind;

constexpr std::size_t kMostWaiting = 20'000;

struct KindName {
  Kind kind;
  std::string_view name;
};
constexpr std::array kNames{
    KindName{Kind::helloSent, "hello-sent"},
    KindName{Kind::helloFailed, "hello-failed"},
    KindName{Kind::connected, "connected"},
    KindName{Kind::handshakeDone, "handshake-done"},
    KindName{Kind::handshakeRefused, "handshake-refused"},
    KindName{Kind::request, "request"},
    KindName{Kind::loggedIn, "logged-in"},
    KindName{Kind::requestRefused, "request-refused"},
    KindName{Kind::stateChanged, "state-changed"},
    KindName{Kind::updated, "updated"},
    KindName{Kind::agentBegan, "agent-began"},
    KindName{Kind::agentEnded, "agent-ended"},
    KindName{Kind::note, "note"},
};
static_assert(std::size(kNames) == std::to_underlying(Kind::note) + 1U, "each kind has its row, in order");

std::string addressOf(const runtime::Fleet& fleet, std::uint32_t machine) {
  return boost::asio::ip::address_v4(fleet.identityOf(machine).ipv4).to_string();
}

}  // namespace

void EventStream::happened(const runtime::Happening& happening) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() < kMostWaiting) {
    waiting_.push_back(happening);
  } else {
    ++dropped_;
  }
  arrived_.notify_one();
}

EventStream::Batch EventStream::take(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, timeout, [this] { return !waiting_.empty(); });
  Batch batch{{waiting_.begin(), waiting_.end()}, std::exchange(dropped_, 0)};
  waiting_.clear();
  return batch;
}

std::string_view nameOf(Kind kind) {
  return kNames.at(std::to_underlying(kind)).name;
}

std::int64_t unixMs(std::chrono::steady_clock::time_point at) {
  using std::chrono::milliseconds;
  static const auto systemStart = std::chrono::system_clock::now();
  static const auto steadyStart = std::chrono::steady_clock::now();
  const auto wall = systemStart.time_since_epoch() + (at - steadyStart);
  return std::chrono::duration_cast<milliseconds>(wall).count();
}

std::string lineOf(const runtime::Fleet& fleet, const runtime::Happening& happening) {
  const auto time = isoTime(unixMs(happening.at)).substr(11, 12);
  auto line = fmt::format("{} {}", painted(stdout, Paint::dim, time), nameOf(happening.kind));
  if (fleet.size() > 1) line += " " + fleet.nameOf(happening.machine);
  if (!happening.text.empty()) line += ": " + happening.text;
  if (happening.reason != Reason::none) {
    const auto reason = fmt::format("{}: {}", wordOf(happening.reason), meaningOf(happening.reason));
    line += " (" + painted(stdout, Paint::bad, reason) + ")";
  }
  return line;
}

boost::json::object jsonOf(const runtime::Fleet& fleet, const runtime::Happening& happening) {
  const auto text = [](std::string_view view) { return boost::json::string_view(view.data(), view.size()); };
  boost::json::object event{{"event", text(nameOf(happening.kind))},
                            {"machine", happening.machine},
                            {"address", addressOf(fleet, happening.machine)},
                            {"time", isoTime(unixMs(happening.at))},
                            {"me_time", isoTime(happening.meTime.ms)}};
  if (happening.reason != Reason::none) event["reason"] = text(wordOf(happening.reason));
  if (!happening.text.empty()) event["text"] = happening.text;
  return event;
}

}  // namespace vme::cli
