#include "scenario/quirks_http.hpp"

#include <fmt/format.h>

#include <array>

#include "scenario/load_faults.hpp"
#include "scenario/quirk_reading.hpp"

namespace vme::scenario {
namespace {

using fault::Break;
using fault::Point;
using profile::YamlCursor;

constexpr std::array<std::pair<std::string_view, bool>, 2> kPipelining{{{"serve_first", false}, {"drop", true}}};
constexpr std::array<std::pair<std::string_view, bool>, 1> kEffects{{{"ignore", true}}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kLevels{
    {{"3.0", "3.0"}, {"3.2", "3.2"}, {"4.0", "4.0"}, {"5.0", "5.0"}, {"5.1", "5.1"}}};
constexpr std::uint64_t kMostMs = 3'600'000;

}  // namespace

void readHttpQuirk(const YamlCursor& value, GroupSpec& spec) {
  if (const auto most = value.find("max_conn")) {
    const auto number = static_cast<unsigned>(most->number(1, 255));
    changeProfile(spec, [&](profile::Profile& profile) { profile.api.httpMaxConn = number; });
  }
  if (const auto dropped = value.find("drop_reply_after")) {
    addRule(spec, Point::answer, Break{}, dropped->text()).times = 1;
  }
  if (const auto stall = value.find("stall_ms")) {
    Break how{.how = Break::How::stall};
    if (stall->text() != "inf") how.lasts = {static_cast<std::int64_t>(stall->number(1, kMostMs))};
    addRule(spec, how.lasts.ms == 0 ? Point::connect : Point::request, how);
  }
  if (const auto last = value.find("close_after_n")) {
    addRule(spec, Point::connect, fault::CloseAfter{static_cast<unsigned>(last->number(1, 1000))});
  }
  if (const auto pipelining = value.find("pipelining"); pipelining && pipelining->choice<bool>(kPipelining)) {
    addRule(spec, Point::connect, fault::DropPipelined{});
  }
  value.finish();
}

const Section& httpQuirk() {
  static const Section kSection{"http",
                                withSome({{"drop_reply_after", "the operation whose answer is lost once", {kText}},
                                          {"max_conn", "connections at once", {whole(1, 255)}},
                                          {"stall_ms", "before each answer; inf: nothing is ever said", {kText}},
                                          {"close_after_n", "requests of a connection", {whole(1, 1000)}},
                                          {"pipelining",
                                           "what becomes of requests that come too early",
                                           {{.kind = Shape::Kind::word, .words = wordsOf(kPipelining)}}}})};
  return kSection;
}

void readSoapFail(const YamlCursor& value, GroupSpec& spec) {
  const auto method = value.at("method").text();
  const auto status = value.find("status");
  const auto fault = value.find("fault");
  const auto effect = value.find("effect");
  const auto times = value.find("times");
  const auto nth = value.find("nth");
  const auto when = value.find("when");
  const bool ignores = effect && effect->choice<bool>(kEffects);
  const auto number = status ? readAmtStatus(*status) : 0;
  value.finish();
  if (ignores && (number != 0 || fault)) {
    effect->fail(effect->path() + " answers success. leave out status and fault");
  }
  if (!ignores && number == 0 && !fault) {
    value.fail(value.path() + " says nothing that fails. write status: 36, fault: InternalError or effect: ignore");
  }
  if (status && fault) fault->fail(value.path() + " has status and fault. keep one of them");
  fault::Action action = fault::Pretend{};
  if (number != 0) action = fault::Status{number};
  if (fault) action = fault::SoapFault{fault->text()};
  auto& rule = addRule(spec, Point::request, std::move(action), method);
  if (times) rule.times = static_cast<unsigned>(times->number(1, 1'000'000));
  if (nth) rule.from = static_cast<unsigned>(nth->number(1, 1'000'000));
  if (when) readCondition(*when, rule);
}

const Section& soapFail() {
  static const Section kSection{
      "soap_fail",
      withSome({{"method", "the operation, as CommitChanges", {kText}, true},
                {"status", "the AMT status that it answers, by name or number", {kText}},
                {"fault", "the SOAP fault that it answers", {kText}},
                {"effect",
                 "ignore: answers success and changes nothing",
                 {{.kind = Shape::Kind::word, .words = {"ignore"}}}},
                {"times", "how often on one machine; always without it", {whole(1, 1e6)}},
                {"nth", "the first call that fails", {whole(1, 1e6)}},
                {"when", "an argument and its value: the call fails with these only", {{.kind = Shape::Kind::free}}}})};
  return kSection;
}

void readWsmanQuirk(const YamlCursor& value, GroupSpec& spec) {
  const auto level = value.find("level");
  const auto envelope = value.find("min_envelope");
  const auto missing = value.find("missing");
  value.finish();
  if ((level || envelope) && !spec.group.profile->api.wsman) {
    value.fail(fmt::format("{} is for firmware with WS-Man, which {} has not. leave it out, or name another profile",
                           value.path(), spec.group.profile->name));
  }
  changeProfile(spec, [&](profile::Profile& profile) {
    if (level) profile.api.wsmanLevel = std::string(level->choice<std::string_view>(kLevels));
    if (envelope) profile.api.wsmanMinEnvelope = static_cast<unsigned>(envelope->number(1, 1U << 20U));
  });
  if (!missing) return;
  for (const auto& item : missing->items()) {
    const auto name = item.text();
    const bool isMethod = name.find('.') != std::string::npos;
    addRule(spec, Point::request, fault::SoapFault{isMethod ? "ActionNotSupported" : "DestinationUnreachable"}, name);
  }
}

const Section& wsmanQuirk() {
  static const Section kSection{
      "wsman", withSome({{"level", "the class set", {{.kind = Shape::Kind::word, .words = wordsOf(kLevels)}}},
                         {"min_envelope", "the least MaxEnvelopeSize that is taken", {whole(1, 1 << 20)}},
                         {"missing",
                          "classes, or methods as CLASS.METHOD, that do not exist",
                          {{.kind = Shape::Kind::list, .items = {kText}}}}})};
  return kSection;
}

}  // namespace vme::scenario
