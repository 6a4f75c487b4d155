#include "scenario/conversations.hpp"

#include <fmt/format.h>

#include "runtime/happening_name.hpp"
#include "scenario/redaction.hpp"
#include "wire/soap_status.hpp"

namespace vme::scenario {
namespace {

using Kind = runtime::Happening::Kind;

constexpr std::size_t kLast = 20;          // of one machine
constexpr std::size_t kOfAReason = 8;      // machines
constexpr std::size_t kBody = 4096;        // of a message that is remembered
constexpr std::size_t kShownBody = 600;    // and of what is shown of it
constexpr std::size_t kMost = 64U << 20U;  // bytes in all

std::string directionOf(Kind kind) {
  switch (kind) {
    case Kind::exchange:
    case Kind::connected:
    case Kind::disconnected:
    case Kind::handshakeDone:
    case Kind::handshakeRefused:
    case Kind::requestRefused:
    case Kind::loggedIn:
      return "in";
    case Kind::helloSent:
    case Kind::helloFailed:
      return "out";
    default:
      return "self";
  }
}

}  // namespace

std::size_t Conversations::Entry::size() const {
  return sizeof *this + text.size() + operation.size() + request.size() + response.size();
}

bool Conversations::wants(Kind kind) const {
  return kind != Kind::request;  // the exchange tells more of it
}

void Conversations::happened(const runtime::Happening& happening) {
  const std::chrono::duration<double, std::milli> since = happening.at - start_;
  Entry entry{.ms = since.count(), .kind = happening.kind, .reason = happening.reason, .text = happening.text};
  if (const auto* exchange = happening.exchange) {
    entry.operation = exchange->operation.empty()
                          ? exchange->request.method + " " + std::string(exchange->request.path())
                          : exchange->operation;
    entry.request = exchange->request.body.substr(0, kBody);
    if (exchange->response) {
      entry.status = exchange->response->status;
      entry.response = exchange->response->body.substr(0, kBody);
    }
  }
  const std::lock_guard lock(mutex_);
  auto found = machines_.find(happening.machine);
  if (found == machines_.end()) {
    if (bytes_ > kMost) return;
    found = machines_.emplace(happening.machine, Kept{}).first;
  }
  auto& entries = found->second.entries;
  bytes_ += entry.size();
  entries.push_back(std::move(entry));
  if (entries.size() <= kLast) return;
  bytes_ -= entries.front().size();
  entries.pop_front();
}

void Conversations::ended(std::uint32_t machine, Reason reason) {
  const std::lock_guard lock(mutex_);
  const auto found = machines_.find(machine);
  if (found == machines_.end()) return;
  forgetEnd(machine, found->second);
  if (reason == Reason::provisioned) return drop(machine);
  found->second.ended = reason;
  auto& kept = byReason_[reason];
  kept.emplace(roster_.arrivalMs(machine), machine);
  if (kept.size() <= kOfAReason) return;
  const auto last = kept.rbegin()->second;
  kept.erase(std::prev(kept.end()));
  machines_.at(last).ended = Reason::none;
  drop(last);
}

void Conversations::forgetEnd(std::uint32_t machine, const Kept& kept) {
  if (kept.ended != Reason::none) byReason_[kept.ended].erase({roster_.arrivalMs(machine), machine});
}

void Conversations::drop(std::uint32_t machine) {
  const auto found = machines_.find(machine);
  for (const auto& entry : found->second.entries) bytes_ -= entry.size();
  machines_.erase(found);
}

std::vector<report::Utterance> Conversations::of(std::uint32_t machine) const {
  const std::lock_guard lock(mutex_);
  std::vector<report::Utterance> all;
  const auto found = machines_.find(machine);
  if (found == machines_.end()) return all;
  for (const auto& entry : found->second.entries) {
    report::Utterance one{.ms = entry.ms, .direction = directionOf(entry.kind), .status = entry.status};
    one.what = entry.kind == Kind::exchange ? entry.operation : std::string(runtime::nameOf(entry.kind));
    one.text = entry.text;
    if (entry.reason != Reason::none) {
      one.text += fmt::format("{}{}", one.text.empty() ? "" : "; ", wordOf(entry.reason));
    }
    if (const auto status = wire::soapStatus(entry.response)) one.text = fmt::format("AMT status {}", *status);
    if (entry.kind == Kind::exchange && entry.status == 0) one.text = "no answer";
    one.request = shownBody(entry.request, kShownBody);
    one.response = shownBody(entry.response, kShownBody);
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace vme::scenario
