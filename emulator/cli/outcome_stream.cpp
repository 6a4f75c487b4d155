#include "cli/outcome_stream.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <utility>

#include "base/json_text.hpp"
#include "base/utf8.hpp"
#include "cli/common.hpp"
#include "cli/terminal.hpp"

namespace vme::cli {
namespace {

double milliseconds(std::chrono::steady_clock::duration span) {
  return std::chrono::duration<double, std::milli>(span).count();
}

std::string_view wordOf(servicepoint::Result result) {
  static constexpr std::array<std::string_view, 3> kWords{"provisioned", "refused", "failed"};
  return kWords.at(std::to_underlying(result));
}

boost::json::object jsonOf(const servicepoint::Outcome& outcome) {
  boost::json::array steps;
  for (const auto& step : outcome.steps) {
    steps.push_back(boost::json::object{{"step", step.name},
                                        {"at_ms", milliseconds(step.started - outcome.helloAt)},
                                        {"took_ms", milliseconds(step.took)}});
  }
  boost::json::object object{{"uuid", outcome.uuid.text()},
                             {"address", outcome.address.to_string()},
                             {"outcome", jsonText(wordOf(outcome.result))},
                             {"reason", jsonText(vme::wordOf(outcome.reason))},
                             {"text", outcome.text},
                             {"method", outcome.psk ? "psk" : "pki"},
                             {"api", outcome.api},
                             {"version", outcome.version},
                             {"attempts", outcome.attempts},
                             {"took_ms", milliseconds(outcome.finishedAt - outcome.helloAt)},
                             {"steps", std::move(steps)}};
  if (outcome.result == servicepoint::Result::provisioned) object["admin_password"] = outcome.adminPassword;
  return object;
}

std::string lineOf(const servicepoint::Outcome& outcome) {
  const bool good = outcome.result == servicepoint::Result::provisioned;
  auto line = fmt::format("{} {} {}", painted(stdout, good ? Paint::good : Paint::bad, wordOf(outcome.result)),
                          outcome.address.to_string(), outcome.uuid.text());
  if (good) {
    return line + fmt::format(" AMT {} by {} over {} in {:.0f} ms, admin password {}", readable(outcome.version),
                              outcome.psk ? "PSK" : "PKI", outcome.api,
                              milliseconds(outcome.finishedAt - outcome.helloAt), outcome.adminPassword);
  }
  line += fmt::format(" {}: {}", vme::wordOf(outcome.reason), meaningOf(outcome.reason));
  return outcome.text.empty() ? line : line + " (" + readable(outcome.text) + ")";
}

}  // namespace

void OutcomeStream::add(const servicepoint::Outcome& outcome) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(outcome);
  // What a hello awaits or a stranger claims is no machine that the service point is done with.
  const bool done = outcome.reason != Reason::awaitingAgent && outcome.reason != Reason::agentUnknown;
  if (done) seen_.insert(outcome.uuid);
  arrived_.notify_one();
}

std::vector<servicepoint::Outcome> OutcomeStream::take(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, timeout, [this] { return !waiting_.empty(); });
  return std::exchange(waiting_, {});
}

std::size_t OutcomeStream::machines() {
  const std::lock_guard lock(mutex_);
  return seen_.size();
}

void print(const servicepoint::Outcome& outcome, bool json) {
  if (json) {
    printJson(jsonOf(outcome));
  } else {
    fmt::print("{}\n", lineOf(outcome));
    std::fflush(stdout);
  }
}

}  // namespace vme::cli
