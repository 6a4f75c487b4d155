#include "scenario/fault_actions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenario/load_faults.hpp"

namespace vme::scenario {
namespace {

using fault::Action;
using fault::Break;
using fault::Point;
using profile::YamlCursor;
using enum fault::Point;

template <typename T, std::size_t N>
using Words = std::array<std::pair<std::string_view, T>, N>;

constexpr Words<Point, 5> kPoints{
    {{"hello", hello}, {"connect", connect}, {"tls.handshake", handshake}, {"request", request}, {"answer", answer}}};
constexpr Words<fault::Step, 3> kSteps{{{"client-hello", fault::Step::clientHello},
                                        {"certificate", fault::Step::certificate},
                                        {"finished", fault::Step::finished}}};
constexpr Words<fault::Malformed::Kind, 6> kMalformed{{{"short", fault::Malformed::Kind::tooShort},
                                                       {"trailing", fault::Malformed::Kind::trailing},
                                                       {"version", fault::Malformed::Kind::version},
                                                       {"count", fault::Malformed::Kind::count},
                                                       {"split", fault::Malformed::Kind::split},
                                                       {"never-close", fault::Malformed::Kind::neverClose}}};
constexpr Words<fault::BadCertificate::Mode, 3> kCertificates{{{"garbled", fault::BadCertificate::Mode::garbled},
                                                               {"wrong-key", fault::BadCertificate::Mode::wrongKey},
                                                               {"dates", fault::BadCertificate::Mode::dates}}};
constexpr Words<fault::Corrupt::Kind, 3> kCorrupt{{{"unclosed", fault::Corrupt::Kind::unclosed},
                                                   {"garbage", fault::Corrupt::Kind::garbage},
                                                   {"empty", fault::Corrupt::Kind::empty}}};
using Refused = fault::Refusal::How;
constexpr Words<Refused, 3> kRefusals{
    {{"alert", Refused::alert}, {"reset", Refused::reset}, {"stall", Refused::stall}}};
constexpr std::uint64_t kMostBytes = 1U << 30U;

std::uint64_t bytesAt(const YamlCursor& map, std::string_view key) {
  const auto value = map.at(key);
  const auto text = value.text();
  const bool plain = !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  const auto bytes = plain ? value.number(0, kMostBytes) : value.sizeBytes();
  if (bytes == 0 || bytes > kMostBytes) value.fail(value.path() + " is not from 1 byte to 1GiB. write 900 or 4KiB");
  return bytes;
}

MeDuration durationAt(const YamlCursor& map, std::string_view key) {
  const auto value = map.find(key);
  return value ? readMeDuration(*value) : MeDuration{};
}

fault::Step stepOf(const YamlCursor& map) {
  const auto at = map.find("at");
  return at ? at->choice<fault::Step>(kSteps) : fault::Step::clientHello;
}

std::uint8_t alertAt(const YamlCursor& map, std::uint8_t fallback) {
  const auto alert = map.find("alert");
  return alert ? static_cast<std::uint8_t>(alert->number(1, 255)) : fallback;
}

Action readBreak(const YamlCursor& map, Break::How how) {
  return Break{.how = how, .at = stepOf(map), .lasts = {}, .alert = 40};
}

Action readStall(const YamlCursor& map) {
  const auto time = map.at("for");
  auto lasts = readMeDuration(time);
  if (lasts.ms == 0) time.fail(time.path() + " is 0. write a duration, or do: half-open");
  return Break{.how = Break::How::stall, .at = stepOf(map), .lasts = lasts, .alert = 0};
}

Action readAlert(const YamlCursor& map) {
  return Break{.how = Break::How::alert, .at = stepOf(map), .lasts = {}, .alert = alertAt(map, 40)};
}

Action readLatency(const YamlCursor& map) {
  fault::Slow slow;
  slow.latency = readMeDuration(map.at("by"));
  slow.jitter = durationAt(map, "spread");
  return slow;
}

Action readLoss(const YamlCursor& map) {
  fault::Slow slow;
  slow.loss = map.at("of").share();
  const auto time = map.find("stall");
  slow.stall = time ? readMeDuration(*time) : MeDuration::seconds(1);  // the first retransmission of TCP
  return slow;
}

Action readCut(const YamlCursor& map, fault::Cut::How how) {
  return fault::Cut{.how = how, .bytes = bytesAt(map, "bytes")};
}

Action readDuplicate(const YamlCursor& map) {
  fault::Duplicate again;
  if (const auto copies = map.find("copies")) again.copies = static_cast<unsigned>(copies->number(1, 1000));
  again.every = durationAt(map, "every");
  return again;
}

std::uint32_t addressAt(const YamlCursor& map, std::string_view key) {
  const auto address = map.find(key);
  return address ? readIpv4(*address) : 0;
}

Action readCertificate(const YamlCursor& map) {
  fault::BadCertificate bad;
  bad.mode = map.at("mode").choice<fault::BadCertificate::Mode>(kCertificates);
  if (bad.mode != fault::BadCertificate::Mode::dates) return bad;
  const auto from = map.find("not_before"), until = map.find("not_after");
  bad.notBefore = from ? readDate(*from) : 0;
  bad.notAfter = until ? readDate(*until) : 0;
  return bad;
}

fault::Refusal readRefusalKeys(const YamlCursor& map) {
  fault::Refusal refusal;
  if (const auto how = map.find("by")) refusal.how = how->choice<Refused>(kRefusals);
  refusal.alert = alertAt(map, 40);
  refusal.lasts = durationAt(map, "for");
  return refusal;
}

Action readLimits(const YamlCursor& map) {
  auto limits = readTlsLimits(map);
  limits.onExcess = readRefusalKeys(map);
  return limits;
}

Action readStatus(const YamlCursor& map) {
  return fault::Status{readAmtStatus(map.at("status"))};
}

Action readHttpStatus(const YamlCursor& map) {
  return fault::HttpStatus{static_cast<unsigned>(map.at("status").number(400, 599))};
}

Action readSoapFault(const YamlCursor& map) {
  const auto name = map.find("fault");
  return fault::SoapFault{name ? name->text() : "InternalError"};
}

Action readWrongLength(const YamlCursor& map) {
  const auto value = map.at("by");
  const auto by = value.integer(-1'000'000, 1'000'000);
  if (by == 0) value.fail(value.path() + " is 0, which is the right length. write another number");
  return fault::WrongLength{by};
}

Action readReboot(const YamlCursor& map) {
  const auto down = map.find("down");
  return fault::Reboot{down ? readMeDuration(*down) : MeDuration::seconds(30)};
}

Action readOtp(const YamlCursor& map) {
  const auto value = map.at("otp");
  auto otp = value.text();
  if (otp.size() < 8 || otp.size() > 32) {
    value.fail(fmt::format("{} has {} characters. write 8 to 32", value.path(), otp.size()));
  }
  return fault::WrongOtp{std::move(otp)};
}

template <typename T>
Action plain(const YamlCursor&) {
  return T{};
}

fault::Slow slowBy(std::uint64_t fault::Slow::* rate, std::uint64_t bytes) {
  fault::Slow slow;
  slow.*rate = bytes;
  return slow;
}

std::vector<ActionRow> makeRows() {
  return {
      {"delay",
       "nothing but the rule's own delay",
       {request, answer, connect, handshake, hello},
       "",
       plain<fault::Delay>},
      // The wire.
      {"latency", "each piece takes so much longer", {connect}, "by spread", readLatency},
      {"loss", "a share of the pieces comes late, as after a retransmission", {connect}, "of stall", readLoss},
      {"bandwidth",
       "so many bytes a second each way",
       {connect},
       "rate",
       [](const YamlCursor& map) -> Action {
         auto slow = slowBy(&fault::Slow::readRate, bytesAt(map, "rate"));
         slow.writeRate = slow.readRate;
         return slow;
       }},
      {"slow-reader",
       "takes so many bytes a second",
       {connect},
       "rate",
       [](const YamlCursor& map) -> Action { return slowBy(&fault::Slow::readRate, bytesAt(map, "rate")); }},
      {"slow-writer",
       "says so many bytes a second, in small pieces",
       {connect},
       "rate piece",
       [](const YamlCursor& map) -> Action {
         auto slow = slowBy(&fault::Slow::writeRate, bytesAt(map, "rate"));
         const auto piece = map.find("piece");
         slow.piece = piece ? static_cast<std::uint32_t>(piece->number(1, 65536)) : 16U;
         return slow;
       }},
      {"reset-after",
       "resets the connection once so many bytes have passed either way",
       {connect, handshake},
       "bytes",
       [](const YamlCursor& map) { return readCut(map, fault::Cut::How::reset); }},
      {"truncate",
       "ends the connection in order once so many bytes have been said",
       {answer, connect, handshake},
       "bytes",
       [](const YamlCursor& map) { return readCut(map, fault::Cut::How::close); }},
      {"reset",
       "resets the connection",
       {connect, handshake, request, answer},
       "at",
       [](const YamlCursor& map) { return readBreak(map, Break::How::reset); }},
      {"close",
       "ends the connection in order",
       {connect, handshake, request, answer},
       "at",
       [](const YamlCursor& map) { return readBreak(map, Break::How::close); }},
      {"refuse",
       "the port is closed: accepted, then reset",
       {connect},
       "",
       [](const YamlCursor&) -> Action { return Break{}; }},
      {"half-open",
       "takes what comes and never says a word; the connection stays",
       {connect, handshake, request, answer},
       "at",
       [](const YamlCursor& map) { return readBreak(map, Break::How::stall); }},
      {"hang",
       "the call is not made, and never answered",
       {request},
       "",
       [](const YamlCursor&) -> Action { return Break{.how = Break::How::stall}; }},
      {"stall", "says nothing for so long, and goes on", {handshake, connect, request, answer}, "for at", readStall},
      {"close-after",
       "ends the connection after so many requests",
       {connect},
       "requests",
       [](const YamlCursor& map) -> Action {
         return fault::CloseAfter{static_cast<unsigned>(map.at("requests").number(1, 1000))};
       }},
      {"drop-pipelined",
       "forgets requests that come before the last is answered",
       {connect},
       "",
       plain<fault::DropPipelined>},
      // Hellos.
      {"suppress", "the hello is not sent", {hello}, "", plain<fault::Suppress>},
      {"duplicate", "the hello is sent again", {hello}, "copies every", readDuplicate},
      {"reorder", "the hello is sent after the machine's next one", {hello}, "", plain<fault::Overtaken>},
      {"malform",
       "the hello is no good",
       {hello},
       "kind",
       [](const YamlCursor& map) -> Action {
         return fault::Malformed{map.at("kind").choice<fault::Malformed::Kind>(kMalformed)};
       }},
      {"hello-from",
       "the hello comes from an address at which nobody answers",
       {hello},
       "address",
       [](const YamlCursor& map) -> Action { return fault::HelloFrom{addressAt(map, "address")}; }},
      {"move",
       "after the hello the machine is found at another address only",
       {hello},
       "to",
       [](const YamlCursor& map) -> Action { return fault::Move{addressAt(map, "to")}; }},
      {"wrong-uuid",
       "says another UUID",
       {answer, hello},
       "uuid",
       [](const YamlCursor& map) -> Action { return fault::WrongUuid{readUuidOrBlank(map.at("uuid"))}; }},
      // TLS.
      {"alert", "sends that TLS alert", {handshake}, "alert at", readAlert},
      {"certificate",
       "shows a server certificate that is no good",
       {handshake},
       "mode not_before not_after",
       readCertificate},
      {"tls-limits",
       "takes only such versions, suites, keys and chains",
       {handshake},
       "versions suites key_bits chain_bytes by alert for",
       readLimits},
      {"refusal",
       "refuses a client's certificate in another way",
       {handshake},
       "by alert for",
       [](const YamlCursor& map) -> Action { return readRefusalKeys(map); }},
      // Calls.
      {"status", "the call is not made, and answered with that AMT status", {request}, "status", readStatus},
      {"soap-fault", "the call is not made, and answered with a SOAP fault", {request}, "fault", readSoapFault},
      {"http-status", "the call is not made, and answered with that HTTP status", {request}, "status", readHttpStatus},
      {"ignore-effect", "the call is answered as ever, and changes nothing", {request}, "", plain<fault::Pretend>},
      {"drop-answer",
       "the call takes effect, and the connection is reset without an answer",
       {answer},
       "",
       [](const YamlCursor&) -> Action { return Break{}; }},
      {"corrupt",
       "the answer's body is broken",
       {answer},
       "kind",
       [](const YamlCursor& map) -> Action {
         const auto kind = map.find("kind");
         return fault::Corrupt{kind ? kind->choice<fault::Corrupt::Kind>(kCorrupt) : fault::Corrupt::Kind::unclosed};
       }},
      {"wrong-length", "the answer's Content-Length is wrong by so much", {answer}, "by", readWrongLength},
      // The machine.
      {"reboot",
       "the ME restarts: connections are reset, ports closed for a while, and what is not on flash is gone",
       {request, answer, connect, handshake, hello},
       "down",
       readReboot},
      {"wrong-otp", "the ME's one-time password becomes another", {handshake, connect, hello}, "otp", readOtp},
  };
}

}  // namespace

fault::TlsLimits readTlsLimits(const YamlCursor& map) {
  fault::TlsLimits limits;
  if (const auto versions = map.find("versions")) {
    for (const auto& item : versions->items()) {
      const auto version = item.choice<unsigned>(kTlsVersions);
      limits.lowest = limits.lowest == 0 ? version : std::min(limits.lowest, version);
      limits.highest = std::max(limits.highest, version);
    }
  }
  if (const auto suites = map.find("suites")) {
    for (const auto& item : suites->items()) limits.suites.push_back(static_cast<unsigned>(item.number(1, 0xFFFF)));
  }
  if (const auto bits = map.find("key_bits")) limits.keyBits = static_cast<unsigned>(bits->number(512, 16384));
  if (map.find("chain_bytes")) limits.chainBytes = bytesAt(map, "chain_bytes");
  return limits;
}

std::span<const ActionRow> actionRows() {
  static const std::vector<ActionRow> kRows = makeRows();
  return kRows;
}

std::span<const std::pair<std::string_view, Point>> pointWords() {
  return kPoints;
}

std::string_view wordOf(Point point) {
  return std::ranges::find(kPoints, point, &std::pair<std::string_view, Point>::second)->first;
}

}  // namespace vme::scenario
