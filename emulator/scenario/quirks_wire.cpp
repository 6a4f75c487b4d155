// The quirks that are seen on the wire (field-failures.md 1).

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenario/fault_actions.hpp"
#include "scenario/load_faults.hpp"
#include "scenario/quirk.hpp"
#include "scenario/quirk_reading.hpp"
#include "scenario/quirks_http.hpp"

namespace vme::scenario {
namespace {

using fault::Break;
using fault::Point;
using profile::YamlCursor;

template <typename T, std::size_t N>
using Words = std::array<std::pair<std::string_view, T>, N>;

constexpr Words<fault::Malformed::Kind, 6> kBadHellos{{{"short", fault::Malformed::Kind::tooShort},
                                                       {"trailing", fault::Malformed::Kind::trailing},
                                                       {"version", fault::Malformed::Kind::version},
                                                       {"count", fault::Malformed::Kind::count},
                                                       {"split", fault::Malformed::Kind::split},
                                                       {"never_close", fault::Malformed::Kind::neverClose}}};
constexpr Words<std::string_view, 2> kSuppress{{{"always", ""}, {"host_off", "host-off"}}};
enum class Corruption : std::uint8_t { garbled, dateZero, wrongKey };
constexpr Words<Corruption, 3> kCorruptions{
    {{"garbled", Corruption::garbled}, {"date_zero", Corruption::dateZero}, {"wrong_key", Corruption::wrongKey}}};
constexpr Words<fault::Mend, 1> kMends{{{"unprovision", fault::Mend::unprovision}}};
constexpr Words<profile::CnMatch, 4> kMatches{{{"none", profile::CnMatch::none},
                                               {"exact", profile::CnMatch::exact},
                                               {"last2_com_net", profile::CnMatch::last2ComNet},
                                               {"last2", profile::CnMatch::last2}}};
constexpr Words<fault::Step, 3> kSteps{
    {{"hello", fault::Step::clientHello}, {"cert", fault::Step::certificate}, {"finished", fault::Step::finished}}};
constexpr unsigned kLongestWindowH = 255;
constexpr std::string_view kOverride = "Ov3rridden.0TP-1";

Shape listOf(Shape item) {
  return {.kind = Shape::Kind::list, .items = {std::move(item)}};
}
const Shape kFlag{.kind = Shape::Kind::boolean};

std::vector<Shape> refusalShapes() {
  static const Section kStall{"stall", {{"stall_s", "for how many seconds nothing is said, or inf", {kText}}}};
  return {kText, {.kind = Shape::Kind::map, .section = [] -> const Section& { return kStall; }}};
}

// hello_window

void readHelloWindow(const YamlCursor& value, GroupSpec& spec) {
  const auto first = value.find("first_h");
  const auto agent = value.find("agent_h");
  const auto closed = value.find("closed");
  value.finish();
  if (closed && closed->boolean() && (first || agent)) {
    closed->fail(closed->path() + " leaves no window whose hours could be said. keep one of them");
  }
  const bool never = closed && closed->boolean();
  if (first) spec.group.environment.firstWindowH = static_cast<unsigned>(first->number(0, kLongestWindowH));
  if (never) spec.group.environment.firstWindowH = 0;
  changeProfile(spec, [&](profile::Profile& profile) {
    if (agent) profile.prov.helloWindowAgentH = static_cast<unsigned>(agent->number(0, kLongestWindowH));
    if (never) profile.prov.helloWindowAgentH = profile.prov.helloWindowPskH = 0;
  });
}
const Section& helloWindow() {
  static const Section kSection{
      "hello_window",
      withSome({{"first_h", "hours of the first window; 0: an agent has to start", {whole(0, kLongestWindowH)}},
                {"agent_h", "hours after an agent's start", {whole(0, kLongestWindowH)}},
                {"closed", "no window is ever open", {kFlag}}})};
  return kSection;
}

// hello_suppress

void readHelloSuppress(const YamlCursor& value, GroupSpec& spec) {
  const auto when = value.find("when");
  std::string_view name;
  if (when && when->text() == "wifi") {
    when->fail(when->path() + " is wifi, but machines have a wired interface only. write always or host_off");
  }
  if (when) name = when->choice<std::string_view>(kSuppress);
  value.finish();
  addRule(spec, Point::hello, fault::Suppress{}, name);
}
const Section& helloSuppress() {
  static const Section kSection{
      "hello_suppress", withSome({{"when", "always, or while the PC is off", {words({"always", "host_off"})}}})};
  return kSection;
}

// hello_bad

void readHelloBad(const YamlCursor& value, GroupSpec& spec) {
  const auto kind = value.at("kind").choice<fault::Malformed::Kind>(kBadHellos);
  const auto times = value.find("times");
  value.finish();
  auto& rule = addRule(spec, Point::hello, fault::Malformed{kind});
  if (times) rule.times = static_cast<unsigned>(times->number(1, 1'000'000));
}
const Section& helloBad() {
  static const Section kSection{"hello_bad",
                                withSome({{"kind", "what is wrong with it", {words(wordsOf(kBadHellos))}, true},
                                          {"times", "how many of a machine's hellos", {whole(1, 1e6)}}})};
  return kSection;
}

// cert_selfsigned_corrupt

void readCertSelfsigned(const YamlCursor& value, GroupSpec& spec) {
  const auto mode = value.at("mode").choice<Corruption>(kCorruptions);
  const auto mend = value.find("clears_on");
  fault::BadCertificate bad;
  if (mode == Corruption::dateZero) bad.mode = fault::BadCertificate::Mode::dates;
  if (mode == Corruption::wrongKey) bad.mode = fault::BadCertificate::Mode::wrongKey;
  auto& rule = addRule(spec, Point::handshake, bad, "pki");
  if (mend) rule.until = mend->choice<fault::Mend>(kMends);
  value.finish();
}
const Section& certSelfsigned() {
  static const Section kSection{"cert_selfsigned_corrupt",
                                withSome({{"mode", "what is wrong with it", {words(wordsOf(kCorruptions))}, true},
                                          {"clears_on", "what makes a new certificate", {words(wordsOf(kMends))}}})};
  return kSection;
}

// cert_dates

void readCertDates(const YamlCursor& value, GroupSpec& spec) {
  fault::BadCertificate bad{.mode = fault::BadCertificate::Mode::dates};
  bad.notBefore = readDate(value.at("not_before"));
  bad.notAfter = readDate(value.at("not_after"));
  value.finish();
  addRule(spec, Point::handshake, bad, "pki");
}
const Section& certDates() {
  static const Section kSection{"cert_dates", withSome({{"not_before", "a date, as 1970-01-01", {kText}, true},
                                                        {"not_after", "a date", {kText}, true}})};
  return kSection;
}

// pki_check

void readPkiCheck(const YamlCursor& value, GroupSpec& spec) {
  const auto strictRoot = value.find("strict_root_in_chain");
  const auto match = value.find("cn_match");
  const auto usage = value.find("eku");
  const auto onFail = value.find("on_fail");
  value.finish();
  if (strictRoot && !strictRoot->boolean()) {
    strictRoot->fail(
        strictRoot->path() +
        " is false, but firmware knows a root by its hash alone, and so needs it in the chain. leave it out");
  }
  if (usage && usage->text() != "strict") {
    usage->fail(usage->path() + " is \"" + usage->text() + "\", but firmware always looks at it. write strict");
  }
  if (match) {
    const auto rule = match->choice<profile::CnMatch>(kMatches);
    changeProfile(spec, [&](profile::Profile& profile) { profile.prov.cnMatch = rule; });
  }
  if (onFail) addRule(spec, Point::handshake, readRefusal(*onFail), "pki");
}
const Section& pkiCheck() {
  static const Section kSection{
      "pki_check", withSome({{"strict_root_in_chain", "the root must be sent: true, as it always is", {kFlag}},
                             {"cn_match", "how the certificate's name is compared", {words(wordsOf(kMatches))}},
                             {"eku", "strict, as it always is", {words({"strict"})}},
                             {"on_fail", "how a bad chain is refused: alert 48, rst or silent", refusalShapes()}})};
  return kSection;
}

// tls_limits

void readTlsLimitsQuirk(const YamlCursor& value, GroupSpec& spec) {
  auto limits = readTlsLimits(value);
  if (const auto excess = value.find("on_excess")) limits.onExcess = readRefusal(*excess);
  value.finish();
  addRule(spec, Point::handshake, limits);
}
const Section& tlsLimits() {
  static const Section kSection{
      "tls_limits",
      withSome({{"versions", "of TLS that are spoken", {listOf(words(wordsOf(kTlsVersions)))}},
                {"suites", "the numbers of suites that are spoken", {listOf(whole(1, 0xFFFF))}},
                {"key_bits", "the longest key in a client's chain", {whole(512, 16384)}},
                {"chain_bytes", "the longest chain of a client", {whole(1, 1 << 20)}},
                {"on_excess", "how more is refused: alert 40, rst, silent or {stall_s: 60}", refusalShapes()}})};
  return kSection;
}

// tls_stall

void readTlsStall(const YamlCursor& value, GroupSpec& spec) {
  Break stall{.how = Break::How::stall};
  stall.at = value.at("at").choice<fault::Step>(kSteps);
  stall.lasts = readSeconds(value.at("s"));
  const auto times = value.find("times");
  value.finish();
  auto& rule = addRule(spec, Point::handshake, stall);
  if (times) rule.times = static_cast<unsigned>(times->number(1, 1'000'000));
}
const Section& tlsStall() {
  static const Section kSection{"tls_stall",
                                withSome({{"at", "after which message of the client", {words(wordsOf(kSteps))}, true},
                                          {"s", "for how many seconds, or inf", {kText}, true},
                                          {"times", "how many handshakes of a machine", {whole(1, 1e6)}}})};
  return kSection;
}

// otp

void readOtp(const YamlCursor& value, GroupSpec& spec) {
  const auto own = value.find("value");
  const auto after = value.find("override_after_s");
  value.finish();
  const auto otp = own ? own->text() : std::string(kOverride);
  if (otp.size() < 8 || otp.size() > 32) {
    own->fail(fmt::format("{} has {} characters. write 8 to 32", own->path(), otp.size()));
  }
  auto& rule = addRule(spec, Point::handshake, fault::WrongOtp{otp}, "pki");
  if (after) rule.after = readSeconds(*after);
}
const Section& otp() {
  static const Section kSection{"otp",
                                withSome({{"value", "what the ME gives back; one of its own otherwise", {kText}},
                                          {"override_after_s", "seconds after the machine came up", {whole(1, 1e6)}}})};
  return kSection;
}

// uuid

void readUuidQuirk(const YamlCursor& value, GroupSpec& spec) {
  if (value.isScalar()) {
    spec.group.sharedUuid = readUuidOrBlank(value);
    return;
  }
  const auto own = value.find("value");
  const auto clone = value.find("clone_of");
  value.finish();
  if (!own == !clone) value.fail(value.path() + " wants value or clone_of. write one of them");
  if (own) spec.group.sharedUuid = readUuidOrBlank(*own);
  if (!clone) return;
  spec.cloneOf = clone->text();
  spec.cloneWhere = clone->place();
}
const Section& uuidSection() {
  static const Section kSection{"uuid",
                                withSome({{"value", "a UUID, or all_ff", {kText}},
                                          {"clone_of", "GROUP/NUMBER, or a machine's number in the fleet", {kText}}})};
  return kSection;
}

// ip_hijack

void readIpHijack(const YamlCursor& value, GroupSpec& spec) {
  const auto to = value.find("to");
  const auto after = value.find("at_s");
  value.finish();
  auto& rule = addRule(spec, Point::hello, fault::Move{to ? readIpv4(*to) : 0U});
  rule.times = 1;
  if (after) rule.after = readSeconds(*after);
}
const Section& ipHijack() {
  static const Section kSection{
      "ip_hijack", withSome({{"to", "the address; one beyond the fleet's otherwise", {kText}},
                             {"at_s",
                              "seconds after the machine came up; its next hello is the last from the old one",
                              {whole(1, 1e6)}}})};
  return kSection;
}

// reboot_me

void readRebootMe(const YamlCursor& value, GroupSpec& spec) {
  const auto at = value.at("at");
  const auto down = value.find("down_s");
  const auto times = value.find("times");
  value.finish();
  const fault::Reboot reboot{down ? readSeconds(*down) : MeDuration::seconds(30)};
  const auto word = at.text();
  const bool isPoint = word == "hello" || word == "connect" || word == "tls.handshake";
  const auto point = word == "hello"     ? Point::hello
                     : word == "connect" ? Point::connect
                     : isPoint           ? Point::handshake
                                         : Point::answer;
  auto& rule = addRule(spec, point, reboot, isPoint ? std::string() : word);
  rule.times = times ? static_cast<unsigned>(times->number(1, 1'000'000)) : 1;
}
const Section& rebootMe() {
  static const Section kSection{
      "reboot_me",
      withSome({{"at", "hello, connect, tls.handshake, or the operation after which it restarts", {kText}, true},
                {"down_s", "seconds for which its ports are closed", {whole(1, 1e6)}},
                {"times", "how often; once without it", {whole(1, 1e6)}}})};
  return kSection;
}

template <const Section& (*section)()>
Shape shapeOf() {
  return quirkShape(section);
}

}  // namespace

std::span<const QuirkReader> wireQuirks() {
  using enum QuirkReader::By;
  static constexpr std::array kReaders{
      QuirkReader{"hello_window", readHelloWindow, shapeOf<helloWindow>, settings},
      QuirkReader{"hello_suppress", readHelloSuppress, shapeOf<helloSuppress>, rules},
      QuirkReader{"hello_bad", readHelloBad, shapeOf<helloBad>, rules},
      QuirkReader{"cert_selfsigned_corrupt", readCertSelfsigned, shapeOf<certSelfsigned>, rules},
      QuirkReader{"cert_dates", readCertDates, shapeOf<certDates>, rules},
      QuirkReader{"pki_check", readPkiCheck, shapeOf<pkiCheck>, settings},
      QuirkReader{"tls_limits", readTlsLimitsQuirk, shapeOf<tlsLimits>, rules},
      QuirkReader{"tls_stall", readTlsStall, shapeOf<tlsStall>, rules},
      QuirkReader{"otp", readOtp, shapeOf<otp>, rules},
      QuirkReader{"http", readHttpQuirk, shapeOf<httpQuirk>, settings},
      QuirkReader{"soap_fail", readSoapFail, shapeOf<soapFail>, rules},
      QuirkReader{"wsman", readWsmanQuirk, shapeOf<wsmanQuirk>, settings},
      QuirkReader{"uuid", readUuidQuirk, shapeOf<uuidSection>, settings},
      QuirkReader{"ip_hijack", readIpHijack, shapeOf<ipHijack>, rules},
      QuirkReader{"reboot_me", readRebootMe, shapeOf<rebootMe>, rules},
  };
  return kReaders;
}

}  // namespace vme::scenario
