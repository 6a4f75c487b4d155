#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenario/expect_reader.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;

constexpr std::array<std::pair<std::string_view, bool>, 2> kPer{{{"machine", true}, {"all", false}}};
constexpr std::string_view kWhat =
    "an event, state, reason or operation: handshake, operational, psk-refused, CommitChanges";

const Section& orderSection() {
  static const Section section{
      "order", joined(selectionKeys(), {{"of", std::string_view(kWhat), {shape::list({shape::text()}, true)}, true},
                                        {"is", "by how many machines; default 100%", {shape::count()}}})};
  return section;
}

const Section& neverSection() {
  static const Section section{
      "never",
      joined(selectionKeys(),
             {{"operation", "that is called, as CommitChanges or \"Put AMT_GeneralSettings\"", {shape::text()}},
              {"event", "as handshake-refused", {shape::text()}},
              {"reason", "for which the machine refuses a peer, or its agent stops", {shape::text()}},
              {"state", "that the machine comes to", {shape::word(stateWords())}},
              {"login_failures", "with a wrong name or password on one machine, as \"> 3\"", {shape::count()}}})};
  return section;
}

const Section& eventsSection() {
  static const Section section{
      "events", joined(selectionKeys(),
                       {{"what", std::string_view(kWhat), {shape::text()}, true},
                        {"per", "machine: of each one; all (the default): of them together", {shape::wordOf(kPer)}},
                        {"is", "how many, as 3 or \"<= 3\"", {shape::count()}, true}})};
  return section;
}

const Section& loadSection() {
  static const Section section{
      "load", joined(selectionKeys(),
                     {{"per", "machine (the default): of each one; all: of them together", {shape::wordOf(kPer)}},
                      {"max", "how many at most", {shape::integer(0, 1e9)}, true}})};
  return section;
}

const Section& firedSection() {
  static const Section section{"fired",
                               {{"fault", "id of a fault, or name of a quirk", {shape::text()}, true},
                                {"is", "how often, as \"> 0\"", {shape::count()}, true}}};
  return section;
}

void readOrder(std::string_view subject, const YamlCursor& value, const Scenario& scenario, std::vector<Expect>& out) {
  auto expect = beginExpect(subject, value);
  readSelection(value, scenario, expect);
  const auto list = value.at("of");
  for (const auto& item : list.items()) expect.events.push_back(readEventPattern(item));
  if (expect.events.size() < 2) list.fail(list.path() + " has no order. name two events at least");
  expect.wanted = 1;
  expect.isShare = true;
  std::string is;
  if (const auto given = value.find("is")) {
    takeCount(expect, *given);
    is = ", is: " + given->text();
  }
  expect.text =
      fmt::format("order: {{{}of: [{}]{}}}", selectionText(expect, scenario), fmt::join(list.texts(), ", "), is);
  finish(value, orderSection());
  out.push_back(std::move(expect));
}

using ReadPattern = EventPattern (*)(const YamlCursor&);
constexpr std::array<std::pair<std::string_view, ReadPattern>, 4> kNevers{
    {{"operation", readOperation}, {"event", readEventPattern}, {"reason", readReasonPattern}, {"state", readState}}};

void readNever(std::string_view subject, const YamlCursor& value, const Scenario& scenario, std::vector<Expect>& out) {
  auto begun = beginExpect(subject, value);
  readSelection(value, scenario, begun);
  const auto before = out.size();
  const auto add = [&](std::string_view key, const YamlCursor& what, EventPattern pattern, const Wanted& wanted) {
    auto expect = begun;
    expect.where = what.place();
    expect.events.push_back(std::move(pattern));
    takeWanted(expect, wanted);
    expect.text = fmt::format("never: {{{}{}: {}}}", selectionText(expect, scenario), key, what.text());
    out.push_back(std::move(expect));
  };
  for (const auto& [key, read] : kNevers) {
    const auto what = value.find(key);
    if (what) add(key, *what, read(*what), {.compare = Expect::Compare::greater, .value = 0});
  }
  if (const auto failures = value.find("login_failures")) {
    const auto wanted = wantedCount(failures->text());
    const bool isLimit =
        wanted && !wanted->isShare &&
        (wanted->compare == Expect::Compare::greater || wanted->compare == Expect::Compare::greaterEqual);
    if (!isLimit) {
      failures->fail(fmt::format("{} is \"{}\". write what must never be reached, as \"> 3\"", failures->path(),
                                 failures->text()));
    }
    add("login_failures", *failures, loginFailure(), *wanted);
  }
  finish(value, neverSection());
  if (out.size() == before) {
    value.fail(value.path() + " forbids nothing. add operation, event, reason, state or login_failures");
  }
}

void readEvents(std::string_view subject, const YamlCursor& value, const Scenario& scenario, std::vector<Expect>& out) {
  auto expect = beginExpect(subject, value);
  readSelection(value, scenario, expect);
  const auto what = value.at("what");
  expect.events.push_back(readEventPattern(what));
  if (const auto per = value.find("per")) expect.perMachine = per->choice<bool>(kPer);
  const auto is = value.at("is");
  takeNumber(expect, is);
  expect.text = fmt::format("events: {{{}what: {}, {}is: {}}}", selectionText(expect, scenario), what.text(),
                            expect.perMachine ? "per: machine, " : "", is.text());
  finish(value, eventsSection());
  out.push_back(std::move(expect));
}

/// `requests` and `connections`.
void readLoad(std::string_view subject, const YamlCursor& value, const Scenario& scenario, std::vector<Expect>& out) {
  auto expect = beginExpect(subject, value);
  readSelection(value, scenario, expect);
  const auto kind = subject == "requests" ? runtime::Happening::Kind::request : runtime::Happening::Kind::connected;
  expect.events.push_back({.kind = EventPattern::Kind::happening, .happening = kind, .word = std::string(subject)});
  expect.perMachine = true;
  if (const auto per = value.find("per")) expect.perMachine = per->choice<bool>(kPer);
  expect.compare = Expect::Compare::lessEqual;
  expect.wanted = static_cast<double>(value.at("max").number(0, 1'000'000'000));
  expect.text = fmt::format("{}: {{{}per: {}, max: {:.0f}}}", subject, selectionText(expect, scenario),
                            expect.perMachine ? "machine" : "all", expect.wanted);
  finish(value, loadSection());
  out.push_back(std::move(expect));
}

void readFired(std::string_view subject, const YamlCursor& value, const Scenario&, std::vector<Expect>& out) {
  auto expect = beginExpect(subject, value);
  expect.detail = value.at("fault").text();
  const auto is = value.at("is");
  takeNumber(expect, is);
  expect.text = fmt::format("fired: {{fault: {}, is: {}}}", expect.detail, is.text());
  finish(value, firedSection());
  out.push_back(std::move(expect));
}

void readPractice(std::string_view subject, const YamlCursor& value, const Scenario&, std::vector<Expect>& out) {
  const auto add = [&](const YamlCursor& item) {
    auto expect = beginExpect(subject, item);
    expect.detail = item.text();
    expect.text = fmt::format("best_practice: {}", expect.detail);
    out.push_back(std::move(expect));
  };
  if (!value.isList()) return add(value);
  for (const auto& item : value.items()) add(item);
  if (value.items().empty()) value.fail(value.path() + " is empty. write all, or name a rule");
}

}  // namespace

const std::vector<ExpectKind>& eventExpects() {
  static const std::vector<ExpectKind> kinds{
      {"order", "events that each machine shows one after the other", readOrder, {shape::map(orderSection)}},
      {"never", "what must not happen on any machine", readNever, {shape::map(neverSection)}},
      {"events", "how often something happens", readEvents, {shape::map(eventsSection)}},
      {"requests", "HTTP requests that the machines get", readLoad, {shape::map(loadSection)}},
      {"connections", "that the machines accept", readLoad, {shape::map(loadSection)}},
      {"fired", "how often a fault or quirk acted", readFired, {shape::map(firedSection)}},
      {"best_practice",
       "rules of the audit that hold: all, or some by their id",
       readPractice,
       {shape::text(), shape::list({shape::text()}, true)}},
  };
  return kinds;
}

}  // namespace vme::scenario
