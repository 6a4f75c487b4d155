#include "scenario/event_pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/nearest.hpp"
#include "firmware/operation_list.hpp"
#include "machine/lifecycle.hpp"
#include "profile/yaml_cursor.hpp"
#include "runtime/happening_name.hpp"
#include "wire/soap_status.hpp"

namespace vme::scenario {
namespace {

using Seen = runtime::Happening;

/// Those that tell all in their kind; states, operations and reasons are asked for by their own words.
constexpr std::array kEvents{Seen::Kind::helloSent,    Seen::Kind::helloFailed,    Seen::Kind::connected,
                             Seen::Kind::disconnected, Seen::Kind::handshakeDone,  Seen::Kind::handshakeRefused,
                             Seen::Kind::request,      Seen::Kind::requestRefused, Seen::Kind::loggedIn,
                             Seen::Kind::updated,      Seen::Kind::agentBegan,     Seen::Kind::agentEnded,
                             Seen::Kind::faultFired};
constexpr std::string_view kLoginFailed = "login-failed";
/// Between an operation and the AMT status of its answer.
constexpr std::string_view kStatusMark = " 0x";

/// What a peer gets for a name or password that is wrong, as opposed to the challenge that begins every login.
bool isLoginFailure(Reason reason) {
  return reason == Reason::digestWrong || reason == Reason::accountLocked;
}

std::optional<unsigned> answerOf(const runtime::Exchange& exchange) {
  return exchange.response ? wire::soapStatus(exchange.response->body) : std::nullopt;
}

unsigned readStatus(const profile::YamlCursor& value, std::string_view digits) {
  unsigned status = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, status, 16);
  if (error != std::errc() || stopped != end) {
    value.fail(fmt::format("{} is \"{}\", whose status is no hexadecimal number. write it as 0x17", value.path(),
                           value.text()));
  }
  return status;
}

bool isOperationWord(std::string_view word) {
  return !word.empty() && word.front() >= 'A' && word.front() <= 'Z';
}

/// `word`: the part of the value that is wrong.
[[noreturn]] void failWord(const profile::YamlCursor& value, const std::string& word, std::string_view what,
                           const std::vector<std::string>& words, std::string_view otherwise) {
  auto hint = didYouMean(word, words);
  if (hint.empty()) hint = otherwise;
  value.fail(fmt::format("{} is \"{}\", which is no {}.{}", value.path(), value.text(), what, hint));
}

std::vector<std::string> reasonWords() {
  std::vector<std::string> words;
  for (const auto& info : allReasons()) words.emplace_back(info.word);
  return words;
}

}  // namespace

bool EventPattern::concerns(Seen::Kind seen) const {
  switch (kind) {
    case Kind::happening:
      return seen == happening;
    case Kind::state:
      return seen == Seen::Kind::stateChanged;
    case Kind::operation:
      return seen == Seen::Kind::exchange;
    case Kind::loginFailure:
      return seen == Seen::Kind::requestRefused;
    case Kind::reason:
      break;
  }
  return seen == Seen::Kind::handshakeRefused || seen == Seen::Kind::requestRefused || seen == Seen::Kind::agentEnded ||
         seen == Seen::Kind::note;
}

bool EventPattern::matches(const Seen& seen) const {
  if (!concerns(seen.kind)) return false;
  switch (kind) {
    case Kind::happening:
      return true;
    case Kind::state:
      return seen.text == word;
    case Kind::operation:
      return seen.exchange && firmware::isSameOperation(operation, seen.exchange->operation) &&
             (!status || answerOf(*seen.exchange) == status);
    case Kind::loginFailure:
      return isLoginFailure(seen.reason);
    case Kind::reason:
      break;
  }
  return seen.reason == reason;
}

std::vector<std::string> eventWords() {
  std::vector<std::string> words;
  for (const auto kind : kEvents) words.emplace_back(runtime::nameOf(kind));
  words.emplace_back(kLoginFailed);
  return words;
}

std::vector<std::string> stateWords() {
  std::vector<std::string> words;
  for (const auto state : machine::kStates) {
    std::string word(machine::nameOf(state));
    if (std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
  }
  return words;
}

EventPattern loginFailure() {
  return {.kind = EventPattern::Kind::loginFailure, .word = std::string(kLoginFailed)};
}

EventPattern readOperation(const profile::YamlCursor& value) {
  EventPattern pattern{.kind = EventPattern::Kind::operation, .word = value.text()};
  pattern.operation = pattern.word;
  const auto mark = pattern.word.rfind(kStatusMark);
  if (mark != std::string::npos) {
    pattern.status = readStatus(value, std::string_view(pattern.word).substr(mark + kStatusMark.size()));
    pattern.operation.resize(mark);
  }
  if (!firmware::isOperation(pattern.operation)) {
    failWord(value, pattern.operation, "operation", firmware::operationNames(),
             " write one as CommitChanges, \"SetCRL 0x17\", \"Put AMT_GeneralSettings\" or \"GET /index.htm\"");
  }
  return pattern;
}

EventPattern readState(const profile::YamlCursor& value) {
  const auto words = stateWords();
  if (std::ranges::find(words, value.text()) == words.end()) {
    failWord(value, value.text(), "state", words, fmt::format(" there are {}", fmt::join(words, ", ")));
  }
  return {.kind = EventPattern::Kind::state, .word = value.text()};
}

EventPattern readReasonPattern(const profile::YamlCursor& value) {
  const auto reason = reasonFromWord(value.text());
  if (!reason) failWord(value, value.text(), "reason", reasonWords(), " `vme quirks --reasons` lists them");
  return {.kind = EventPattern::Kind::reason, .reason = *reason, .word = value.text()};
}

EventPattern readEventPattern(const profile::YamlCursor& value) {
  const auto word = value.text();
  if (isOperationWord(word)) return readOperation(value);
  if (word == kLoginFailed) return loginFailure();
  for (const auto kind : kEvents) {
    if (runtime::nameOf(kind) == word) return {.kind = EventPattern::Kind::happening, .happening = kind, .word = word};
  }
  const auto states = stateWords();
  if (std::ranges::find(states, word) != states.end()) return {.kind = EventPattern::Kind::state, .word = word};
  if (reasonFromWord(word)) return readReasonPattern(value);
  auto words = eventWords();
  const auto reasons = reasonWords();
  words.insert(words.end(), states.begin(), states.end());
  words.insert(words.end(), reasons.begin(), reasons.end());
  failWord(value, word, "event", words,
           fmt::format(" write one of {}, a state, a reason or an operation", fmt::join(eventWords(), ", ")));
}

}  // namespace vme::scenario
