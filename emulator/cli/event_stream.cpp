#include "cli/event_stream.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/json_text.hpp"
#include "base/utf8.hpp"
#include "cli/common.hpp"
#include "cli/terminal.hpp"
#include "runtime/happening_name.hpp"

namespace vme::cli {
namespace {

constexpr std::size_t kMostWaiting = 20'000;

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

std::int64_t unixMs(std::chrono::steady_clock::time_point at) {
  using std::chrono::milliseconds;
  static const auto systemStart = std::chrono::system_clock::now();
  static const auto steadyStart = std::chrono::steady_clock::now();
  const auto wall = systemStart.time_since_epoch() + (at - steadyStart);
  return std::chrono::duration_cast<milliseconds>(wall).count();
}

std::string lineOf(const runtime::Fleet& fleet, const runtime::Happening& happening) {
  const auto time = isoTime(unixMs(happening.at)).substr(11, 12);
  auto line = fmt::format("{} {}", painted(stdout, Paint::dim, time), runtime::nameOf(happening.kind));
  if (fleet.size() > 1) line += " " + fleet.nameOf(happening.machine);
  if (!happening.text.empty()) line += ": " + readable(happening.text);
  if (happening.reason != Reason::none) {
    const auto reason = fmt::format("{}: {}", wordOf(happening.reason), meaningOf(happening.reason));
    line += " (" + painted(stdout, Paint::bad, reason) + ")";
  }
  return line;
}

boost::json::object jsonOf(const runtime::Fleet& fleet, const runtime::Happening& happening) {
  boost::json::object event{{"event", jsonText(runtime::nameOf(happening.kind))},
                            {"machine", happening.machine},
                            {"address", addressOf(fleet, happening.machine)},
                            {"time", isoTime(unixMs(happening.at))},
                            {"me_time", isoTime(happening.meTime.ms)}};
  if (happening.reason != Reason::none) event["reason"] = jsonText(wordOf(happening.reason));
  if (!happening.text.empty()) event["text"] = happening.text;
  return event;
}

}  // namespace vme::cli
