#include "scenario/load_faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address_v4.hpp>
#include <charconv>
#include <chrono>

#include "base/nearest.hpp"
#include "scenario/fault_actions.hpp"
#include "scenario/load_group.hpp"
#include "wire/amt_status.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;

constexpr std::array<std::pair<std::string_view, fault::Mend>, 1> kMends{{{"unprovision", fault::Mend::unprovision}}};
constexpr std::uint64_t kMost = 1'000'000'000;

const ActionRow& actionAt(const YamlCursor& map) {
  const auto value = map.at("do");
  const auto word = value.text();
  std::vector<std::string> words;
  for (const auto& row : actionRows()) {
    if (row.word == word) return row;
    words.emplace_back(row.word);
  }
  auto hint = didYouMean(word, words);
  if (hint.empty()) hint = fmt::format(" known are {}", fmt::join(words, ", "));
  value.fail(fmt::format("{} is \"{}\", which is no action.{}", value.path(), word, hint));
}

void readMachines(const YamlCursor& value, fault::Rule& rule) {
  if (!value.isList()) {
    rule.first = static_cast<std::uint32_t>(value.number(1, kMost));
    return;
  }
  for (const auto& item : value.items()) rule.machines.push_back(static_cast<std::uint32_t>(item.number(0, kMost)));
  if (rule.machines.empty()) value.fail(value.path() + " is empty. name at least one machine by its number, from 0");
}

void readWhom(const YamlCursor& map, fault::Rule& rule) {
  const auto share = map.find("share");
  const auto machines = map.find("machines");
  if (share && machines) machines->fail(map.path() + " has share and machines. keep one of them");
  if (share) rule.share = share->share();
  if (machines) readMachines(*machines, rule);
}

void readWhen(const YamlCursor& map, fault::Rule& rule) {
  const auto nth = map.find("nth");
  if (nth) {
    rule.from = static_cast<unsigned>(nth->number(1, 1'000'000));
    rule.times = 1;
  }
  if (const auto times = map.find("times")) rule.times = static_cast<unsigned>(times->number(1, 1'000'000));
  if (const auto chance = map.find("chance")) rule.chance = chance->share();
  if (const auto after = map.find("after")) rule.after = readMeDuration(*after);
  if (const auto lasts = map.find("lasts")) rule.lasts = readMeDuration(*lasts);
  if (const auto until = map.find("until")) rule.until = until->choice<fault::Mend>(kMends);
  if (const auto delay = map.find("delay")) rule.delay = readMeDuration(*delay);
  if (const auto jitter = map.find("jitter")) rule.jitter = readMeDuration(*jitter);
}

fault::Rule readRule(const YamlCursor& map, const std::string& id) {
  fault::Rule rule;
  rule.where = map.place();
  const auto own = map.find("id");
  rule.id = own ? readName(*own, ".-_") : id;
  readWhom(map, rule);
  readWhen(map, rule);
  readAction(map, rule);
  map.finish();
  return rule;
}

}  // namespace

void readAction(const YamlCursor& map, fault::Rule& rule) {
  const auto& row = actionAt(map);
  rule.point = row.points.front();
  if (const auto on = map.find("on")) {
    rule.point = on->choice<fault::Point>(pointWords());
    if (std::ranges::find(row.points, rule.point) == row.points.end()) {
      std::vector<std::string_view> words;
      for (const auto point : row.points) words.push_back(wordOf(point));
      on->fail(fmt::format("{} is {}, at which nothing can {}. write on: {}", on->path(), wordOf(rule.point), row.word,
                           fmt::join(words, " or ")));
    }
  }
  if (const auto operation = map.find("operation")) {
    if (rule.point == fault::Point::hello) {
      operation->fail(operation->path() + " has no effect on hellos. leave it out");
    }
    rule.operation = operation->text();
  }
  if (const auto when = map.find("when")) readCondition(*when, rule);
  rule.action = row.read(map);
}

void readCondition(const YamlCursor& map, fault::Rule& rule) {
  const auto entries = map.isMap() ? map.entries() : std::vector<std::pair<std::string, YamlCursor>>{};
  if (entries.size() != 1 || rule.point != fault::Point::request) {
    map.fail(map.path() + " wants one argument of a call, as {SpecialCommand: 193}. it goes with on: request");
  }
  rule.argument = entries.front().first;
  rule.argumentValue = entries.front().second.text();
}

std::vector<fault::Rule> readFaults(const YamlCursor& list, const std::string& owner) {
  std::vector<fault::Rule> rules;
  for (const auto& item : list.items()) {
    rules.push_back(readRule(item, fmt::format("{}faults[{}]", owner.empty() ? "" : owner + ".", rules.size())));
  }
  return rules;
}

void addFaults(std::vector<GroupSpec>& specs, const std::vector<fault::Rule>& rules) {
  for (auto& spec : specs) spec.faults.insert(spec.faults.end(), rules.begin(), rules.end());
}

std::uint32_t readAmtStatus(const YamlCursor& value) {
  const auto text = value.text();
  const bool isNumber = !text.empty() && text.front() >= '0' && text.front() <= '9';
  if (isNumber) return static_cast<std::uint32_t>(value.number(0, 0xFFFF));
  std::string word = text;
  std::ranges::transform(word, word.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c == '-' ? '_' : c;
  });
  std::vector<std::string> words;
  for (std::uint32_t number = 0; number <= 0xFFF; ++number) {
    const auto name = wire::nameOf(wire::AmtStatus{number});
    if (name == word) return number;
    if (name != "UNKNOWN") words.emplace_back(name);
  }
  auto hint = didYouMean(word, words);
  if (hint.empty()) hint = " write a number as 0x24, or a name as INVALID_PARAMETER";
  value.fail(fmt::format("{} is \"{}\", which is no AMT status.{}", value.path(), text, hint));
}

std::int64_t readDate(const YamlCursor& value) {
  const auto text = value.text();
  int year = 0;
  unsigned month = 0, day = 0;
  const auto* const from = text.data();
  const auto* const end = from + text.size();
  const bool shaped =
      text.size() == 10 && text[4] == '-' && text[7] == '-' && std::from_chars(from, from + 4, year).ptr == from + 4 &&
      std::from_chars(from + 5, from + 7, month).ptr == from + 7 && std::from_chars(from + 8, end, day).ptr == end;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!shaped || !date.ok()) value.fail(fmt::format("{} is \"{}\". write a date, as 2009-08-01", value.path(), text));
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::sys_days(date).time_since_epoch()).count();
}

Uuid readUuidOrBlank(const YamlCursor& value) {
  const auto text = value.text();
  Uuid blank;
  blank.wire.fill(0xFF);
  if (text == "all-ff" || text == "all_ff") return blank;
  const auto uuid = Uuid::parse(text);
  if (!uuid) {
    value.fail(fmt::format("{} is \"{}\". write a UUID, as 44454c4c-3100-1051-8032-b4c04f4b4d31, or all-ff",
                           value.path(), text));
  }
  return *uuid;
}

std::uint32_t readIpv4(const YamlCursor& value) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address_v4(value.text(), error);
  if (error) value.fail(fmt::format("{} is \"{}\". write an IPv4 address, as 127.40.0.1", value.path(), value.text()));
  return address.to_uint();
}

MeDuration readMeDuration(const YamlCursor& value) {
  return MeDuration::milliseconds(value.durationMs());
}

const Section& faultSection() {
  static const Section kSection = [] {
    using Kind = Shape::Kind;
    std::vector<std::string> actions;
    for (const auto& row : actionRows()) actions.emplace_back(row.word);
    const auto text = [](Kind kind) { return std::vector<Shape>{{.kind = kind}}; };
    const auto number = [](double least, double most) {
      return std::vector<Shape>{{.kind = Kind::integer, .least = least, .most = most}};
    };
    const auto words = [](std::vector<std::string> list) {
      return std::vector<Shape>{{.kind = Kind::word, .words = std::move(list)}};
    };
    const std::vector<Shape> bytes{{.kind = Kind::size}, {.kind = Kind::integer, .least = 1, .most = 1 << 30}};
    const Shape wholeNumber{.kind = Kind::integer, .least = 0, .most = 1e9};
    return Section{
        "fault",
        {{"do", "what goes wrong", words(actions), true},
         {"on", "when: at a hello, a connection, a TLS handshake, a call or its answer", words(wordsOf(pointWords()))},
         {"operation",
          "of calls: the operation, its class or its verb; of connections: the port; of handshakes: psk, pki "
          "or operational",
          text(Kind::text)},
         {"when", "an argument of the call and its value: others are left alone", text(Kind::free)},
         {"id", "what results call the rule", text(Kind::text)},
         {"share", "of the machines, drawn from the seed", text(Kind::share)},
         {"machines",
          "the first so many of the group, or a list of their numbers",
          {wholeNumber, {.kind = Kind::list, .items = {wholeNumber}}}},
         {"nth", "the first event of a machine that meets the rule; it acts once, unless `times` says otherwise",
          number(1, 1e6)},
         {"times", "how often the rule acts on one machine; without it on each event", number(1, 1e6)},
         {"chance", "of each event, drawn from the seed", text(Kind::share)},
         {"after", "not earlier after the machine came up, by the fleet's clock", text(Kind::duration)},
         {"lasts", "how long from then on, by the fleet's clock", text(Kind::duration)},
         {"until", "what ends the rule for a machine", words(wordsOf(kMends))},
         {"delay", "before the rule acts, in real time; for hellos by the fleet's clock", text(Kind::duration)},
         {"jitter", "at most so much more, drawn from the seed", text(Kind::duration)},
         {"at", "the step of the handshake: the client's message that has just come",
          words({"client-hello", "certificate", "finished"})},
         {"bytes", "after how many", bytes},
         {"rate", "bytes a second", bytes},
         {"piece", "most bytes said at once", number(1, 65536)},
         {"by",
          "latency: how much longer; refusal: alert, reset or stall; wrong-length: how many bytes",
          {{.kind = Kind::duration},
           {.kind = Kind::word, .words = {"alert", "reset", "stall"}},
           {.kind = Kind::integer, .least = -1e6, .most = 1e6}}},
         {"spread", "at most so much more for each piece", text(Kind::duration)},
         {"of", "the share of pieces that are lost once", text(Kind::share)},
         {"stall", "until a lost piece comes again", text(Kind::duration)},
         {"for", "how long", text(Kind::duration)},
         {"requests", "after how many", number(1, 1000)},
         {"copies", "how many besides the first", number(1, 1000)},
         {"every", "between copies, by the fleet's clock", text(Kind::duration)},
         {"kind", "of a hello or answer that is no good",
          words({"short", "trailing", "version", "count", "split", "never-close", "unclosed", "garbage", "empty"})},
         {"address", "where the hello comes from", text(Kind::text)},
         {"to", "where the machine is found", text(Kind::text)},
         {"uuid", "the UUID that is said, or all-ff", text(Kind::text)},
         {"alert", "a TLS alert's number", number(1, 255)},
         {"mode", "what is wrong with the certificate", words({"garbled", "wrong-key", "dates"})},
         {"not_before", "a date", text(Kind::text)},
         {"not_after", "a date", text(Kind::text)},
         {"versions",
          "of TLS that are spoken",
          {{.kind = Kind::list, .items = {{.kind = Kind::word, .words = {"1.0", "1.1", "1.2", "1.3"}}}}}},
         {"suites", "the numbers of suites that are spoken", {{.kind = Kind::list, .items = {wholeNumber}}}},
         {"key_bits", "the longest key in a client's chain", number(512, 16384)},
         {"chain_bytes", "the longest chain of a client", bytes},
         {"status", "an AMT status by name or number; http-status: 400 to 599", text(Kind::text)},
         {"fault", "the subcode of a WS-Man fault, or the text of an EOI fault", text(Kind::text)},
         {"down", "how long the ports are closed, by the fleet's clock", text(Kind::duration)},
         {"otp", "the one-time password that the ME has then", text(Kind::text)}}};
  }();
  return kSection;
}

}  // namespace vme::scenario
