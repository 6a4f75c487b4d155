// What fault rules do to machines, connections and hellos. Nothing here is reached by a machine without a plan.

#include <algorithm>
#include <array>

#include "machine/setup.hpp"
#include "net/faulty_channel.hpp"
#include "net/pki.hpp"
#include "net/spawn.hpp"
#include "runtime/connection.hpp"
#include "runtime/on_machine.hpp"
#include "runtime/shard.hpp"

namespace vme::runtime {
namespace {

std::chrono::milliseconds millisecondsOf(MeDuration duration) {
  return std::chrono::milliseconds(duration.ms);
}

template <typename T>
const T* actionOf(const fault::Firing& firing) {
  return std::get_if<T>(&firing.rule->action);
}

net::TlsStop stopOf(const fault::Break& how) {
  using From = fault::Break::How;
  using To = net::TlsStop::How;
  constexpr std::array kHows{std::pair{From::reset, To::reset}, std::pair{From::close, To::close},
                             std::pair{From::stall, To::stall}, std::pair{From::alert, To::alert}};
  return {.how = std::ranges::find(kHows, how.how, &std::pair<From, To>::first)->second,
          .at = static_cast<net::TlsStep>(how.at),
          .alert = how.alert,
          .lasts = millisecondsOf(how.lasts)};
}

net::TlsStop stopOf(const fault::Refusal& refusal) {
  using How = fault::Refusal::How;
  fault::Break how{.how = fault::Break::How::alert, .at = {}, .lasts = refusal.lasts, .alert = refusal.alert};
  if (refusal.how == How::reset) how.how = fault::Break::How::reset;
  if (refusal.how == How::stall) how.how = fault::Break::How::stall;
  return stopOf(how);
}

/// Same length, so that nothing around it changes.
void garble(Bytes& certificate) {
  constexpr std::size_t kTagOfContent = 4;  // after the outer tag and length
  if (certificate.size() > kTagOfContent) certificate[kTagOfContent] = 0xFF;
}

/// Another public key than the ME's own; still odd, and as long.
void exchangeKey(Bytes& certificate, ByteView original) {
  const auto facts = wire::certificateFacts(original);
  if (!facts || facts->rsaModulus.size() < 8) return;
  const auto modulus = asBytes(facts->rsaModulus);
  const auto found = std::ranges::search(certificate, modulus);
  if (found.empty()) return;
  for (auto at = found.begin() + 1; at != found.end() - 1; ++at) *at ^= 0x5AU;
}

/// The ME's certificate on its way out, made another.
std::function<void(Bytes&)> rewriteOf(fault::BadCertificate::Mode mode, Bytes leaf) {
  Bytes changed = leaf;
  if (mode == fault::BadCertificate::Mode::garbled) garble(changed);
  if (mode == fault::BadCertificate::Mode::wrongKey) exchangeKey(changed, leaf);
  return [from = std::move(leaf), to = std::move(changed)](Bytes& bytes) {
    const auto found = std::ranges::search(bytes, from);
    if (!found.empty()) std::ranges::copy(to, found.begin());
  };
}

void corrupt(wire::http::Response& response, fault::Corrupt::Kind kind) {
  auto& body = response.body;
  switch (kind) {
    case fault::Corrupt::Kind::unclosed:
      body.resize(body.size() - std::min(body.size(), body.size() / 3 + 1));
      break;
    case fault::Corrupt::Kind::garbage:
      for (std::size_t i = body.size() / 2; i < std::min(body.size(), body.size() / 2 + 16); ++i) body[i] = '\x01';
      break;
    case fault::Corrupt::Kind::empty:
      body.clear();
      break;
  }
}

void replaceAll(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// In every form that answers have it: text in both cases, and the bytes in hex.
void replaceUuid(std::string& body, const Uuid& from, const Uuid& to) {
  replaceAll(body, from.text(), to.text());
  replaceAll(body, from.upperText(), to.upperText());
  replaceAll(body, toHexUpper(from.wire), toHexUpper(to.wire));
  replaceAll(body, toHex(from.wire), toHex(to.wire));
  replaceAll(body, toBase64(from.wire), toBase64(to.wire));
}

std::string withWrongLength(wire::http::Response response, std::int64_t by) {
  const std::string kName = "Content-Length: ";
  response.chunked = false;
  auto bytes = wire::http::serialize(response);
  const auto at = bytes.find(kName);
  if (at == std::string::npos) return bytes;
  const auto end = bytes.find("\r\n", at);
  const auto length = std::max<std::int64_t>(0, static_cast<std::int64_t>(response.body.size()) + by);
  return bytes.replace(at + kName.size(), end - at - kName.size(), std::to_string(length));
}

void malform(Bytes& message, fault::Malformed::Kind kind) {
  constexpr std::size_t kVersion = 2, kCredentials = 24;
  using Kind = fault::Malformed::Kind;
  if (kind == Kind::tooShort) message.resize(message.size() / 2);
  if (kind == Kind::trailing) message.insert(message.end(), {0xDE, 0xAD, 0xBE, 0xEF});
  if (kind == Kind::version && message.size() > kVersion) message[kVersion] = 9;
  if (kind == Kind::count && message.size() > kCredentials) message[kCredentials] = 0xFF;
}

}  // namespace

void Shard::adoptPlan(std::uint32_t group, const fault::PlanPtr& plan) {
  if (plans_.empty() && !plan) return;
  plans_.resize(shared_.plan.groups.size());
  const auto before = std::exchange(plans_[group], plan);
  if (!plan) return;
  ledger_.adopt(plan);
  const auto first = shared_.plan.firstOfGroup[group];
  const auto end = first + shared_.plan.groups[group].machines;
  for (auto index = first; index < end; ++index) {
    if (index % shared_.plan.options.shards != number_) continue;
    ledger_.assign({.index = index, .number = index - firstOfName_[group]}, *plan, before.get());
  }
}

const fault::Plan* Shard::planOf(std::uint32_t local) const {
  if (plans_.empty()) return nullptr;
  return plans_[shared_.plan.groupOf(machines_.globalIndex(local))].get();
}

bool Shard::cares(std::uint32_t local, fault::Point point) const {
  const auto* plan = planOf(local);
  return plan && ledger_.cares(*plan, point);
}

std::vector<fault::Firing> Shard::strike(std::uint32_t local, fault::Point point, std::string_view name,
                                         std::string_view body) {
  const auto* plan = planOf(local);
  if (!plan) return {};
  const auto index = machines_.globalIndex(local);
  const auto came = shared_.arrivalsFrom + shared_.plan.arrivalOf(index);
  const auto up = shared_.clock.at(Clock::now()) - came;
  const fault::Machine machine{.index = index, .number = index - firstOfName_[shared_.plan.groupOf(index)]};
  auto firings = ledger_.ask(*plan, machine, {.point = point, .name = name, .up = up, .body = body});
  counters_.faultsFired += firings.size();
  for (const auto& firing : firings) tell(Happening::Kind::faultFired, local, Reason::none, firing.rule->id);
  return firings;
}

bool Shard::strikeMachine(std::uint32_t local, const fault::Action& action) {
  const auto identity = shared_.plan.identityOf(machines_.globalIndex(local));
  if (const auto* reboot = std::get_if<fault::Reboot>(&action)) {
    resetMe(local, reboot->down);
    return true;
  }
  if (const auto* otp = std::get_if<fault::WrongOtp>(&action)) {
    const auto bytes = asBytes(otp->otp);
    onMachine(local, identity,
              [&](machine::Me& me, machine::Effects&) { me.change().otp = Bytes(bytes.begin(), bytes.end()); });
    return true;
  }
  return false;
}

void Shard::noteState(std::uint32_t local, machine::State from, machine::State to) {
  if (from == machine::State::operational && to != machine::State::operational) noteUnprovisioned(local);
}

void Shard::noteUnprovisioned(std::uint32_t local) {
  const auto* plan = planOf(local);
  if (!plan) return;
  const auto index = machines_.globalIndex(local);
  ledger_.mended(*plan, {.index = index, .number = 0}, fault::Mend::unprovision);
}

void Shard::wrap(std::unique_ptr<net::Channel>& channel, std::uint32_t local, const fault::Firing& firing) const {
  net::ChannelFaults faults;
  if (const auto* slow = actionOf<fault::Slow>(firing)) {
    faults.latency = millisecondsOf(slow->latency);
    faults.jitter = millisecondsOf(slow->jitter);
    faults.loss = slow->loss;
    faults.stall = millisecondsOf(slow->stall);
    faults.readRate = slow->readRate;
    faults.writeRate = slow->writeRate;
    faults.piece = slow->piece;
  } else if (const auto* cut = actionOf<fault::Cut>(firing)) {
    (cut->how == fault::Cut::How::reset ? faults.resetAfter : faults.closeAfter) = cut->bytes;
  } else {
    return;
  }
  const Draw machine(shared_.plan.options.seed, machines_.globalIndex(local));
  faults.draw = Draw(machine.bits("wire:" + firing.rule->id, firing.number), 0);
  channel = std::make_unique<net::FaultyChannel>(std::move(channel), faults);
}

net::Task<bool> Shard::breakOff(net::Channel& channel, fault::Break how) {
  using How = fault::Break::How;
  if (how.how == How::stall && how.lasts.ms > 0) {
    co_await pause(realOf(how.lasts));
    co_return true;
  }
  if (how.how == How::reset || how.how == How::alert) channel.reset();
  if (how.how == How::stall) {
    // Says nothing, and takes what comes, until the peer has had enough.
    channel.setDeadline(Clock::time_point::max());
    std::array<std::uint8_t, 1024> ignored{};
    Result<std::size_t> got = 1;
    while (got && *got > 0) got = co_await channel.read(ignored);
  }
  co_return false;
}

net::Task<bool> Shard::disturbConnection(Connection& connection, std::uint16_t port) {
  const auto name = std::to_string(port);
  const auto firings = strike(connection.local, fault::Point::connect, name);
  for (const auto& firing : firings) {
    co_await pause(realOf(firing.delay));
    wrap(connection.channel, connection.local, firing);
    if (const auto* close = actionOf<fault::CloseAfter>(firing)) connection.disorder.requestsLeft = close->requests;
    if (actionOf<fault::DropPipelined>(firing)) connection.disorder.dropsPipelined = true;
    strikeMachine(connection.local, firing.rule->action);
    if (const auto* how = actionOf<fault::Break>(firing)) {
      const bool goesOn = co_await breakOff(*connection.channel, *how);
      if (!goesOn) co_return false;
    }
  }
  co_return true;
}

void Shard::disturbHandshake(Connection& connection, net::TlsServerOptions& options, const fault::Firing& firing,
                             const firmware::TlsOffer& offer) {
  constexpr unsigned kTls12 = 0x0303;
  const auto inClear = [&] { options.range.highest = kTls12; };  // alerts and certificates of TLS 1.3 are encrypted
  wrap(connection.channel, connection.local, firing);
  strikeMachine(connection.local, firing.rule->action);
  if (const auto* how = actionOf<fault::Break>(firing)) {
    options.stop = stopOf(*how);
    if (how->how == fault::Break::How::alert) inClear();
  } else if (const auto* refusal = actionOf<fault::Refusal>(firing)) {
    options.onRefusal = std::make_shared<std::optional<net::TlsStop>>(stopOf(*refusal));
    if (refusal->how == fault::Refusal::How::alert) inClear();
  } else if (const auto* limits = actionOf<fault::TlsLimits>(firing)) {
    if (limits->lowest != 0) options.range.lowest = limits->lowest;
    if (limits->highest != 0) options.range.highest = limits->highest;
    if (!limits->suites.empty()) {
      options.suites = limits->suites;
      options.onlySuites = true;
      inClear();
    }
    if (limits->chainBytes == 0 && limits->keyBits == 0) return;
    options.onRefusal = std::make_shared<std::optional<net::TlsStop>>(stopOf(limits->onExcess));
    inClear();
  } else if (const auto* bad = actionOf<fault::BadCertificate>(firing)) {
    if (!options.credential) return;
    if (bad->mode != fault::BadCertificate::Mode::dates) {
      inClear();
      options.rewrite = rewriteOf(bad->mode, options.credential->leaf());
      return;
    }
    net::PrivateKey key;
    if (offer.kind == firmware::TlsOffer::Kind::setupPki) {
      key = net::keyPool(offer.selfSignedBits,
                         kSelfSignedPool)[machines_.globalIndex(connection.local) % kSelfSignedPool];
    } else {
      const auto facts = wire::privateKeyFacts(*offer.key);
      key = {.der = *offer.key, .bits = facts ? facts->rsaBits : 0};
    }
    options.credential = net::selfSignedCredential(key, bad->notBefore, bad->notAfter);
  }
}

firmware::Disturbance Shard::disturbanceOf(const std::vector<fault::Firing>& firings) {
  using Kind = firmware::Disturbance::Kind;
  firmware::Disturbance what;
  for (const auto& firing : firings) {
    if (const auto* status = actionOf<fault::Status>(firing)) what = {Kind::status, status->status, {}};
    if (const auto* soap = actionOf<fault::SoapFault>(firing)) what = {Kind::soapFault, 0, soap->fault};
    if (const auto* http = actionOf<fault::HttpStatus>(firing)) what = {Kind::httpStatus, http->status, {}};
    if (actionOf<fault::Pretend>(firing)) what = {Kind::pretend, 0, {}};
    const auto* how = actionOf<fault::Break>(firing);
    if (actionOf<fault::Reboot>(firing) || (how && !(how->how == fault::Break::How::stall && how->lasts.ms > 0))) {
      what = {Kind::silence, 0, {}};
      break;
    }
  }
  return what;
}

net::Task<bool> Shard::afterRequest(Connection& connection, std::vector<fault::Firing> firings) {
  for (const auto& firing : firings) {
    co_await pause(realOf(firing.delay));
    if (strikeMachine(connection.local, firing.rule->action) && actionOf<fault::Reboot>(firing)) co_return false;
    if (const auto* how = actionOf<fault::Break>(firing)) {
      const bool goesOn = co_await breakOff(*connection.channel, *how);
      if (!goesOn) co_return false;
    }
  }
  co_return true;
}

net::Task<std::optional<std::string>> Shard::disturbAnswer(Connection& connection, wire::http::Response& response,
                                                           std::string_view operation) {
  const auto firings = strike(connection.local, fault::Point::answer, operation);
  std::optional<std::int64_t> wrongLength;
  for (const auto& firing : firings) {
    co_await pause(realOf(firing.delay));
    wrap(connection.channel, connection.local, firing);
    if (const auto* kind = actionOf<fault::Corrupt>(firing)) corrupt(response, kind->kind);
    if (const auto* length = actionOf<fault::WrongLength>(firing)) wrongLength = length->by;
    if (const auto* uuid = actionOf<fault::WrongUuid>(firing)) {
      replaceUuid(response.body, connection.identity.uuid, uuid->uuid);
    }
    if (strikeMachine(connection.local, firing.rule->action) && actionOf<fault::Reboot>(firing)) co_return std::nullopt;
    if (const auto* how = actionOf<fault::Break>(firing)) {
      const bool goesOn = co_await breakOff(*connection.channel, *how);
      if (!goesOn) co_return std::nullopt;
    }
  }
  if (wrongLength) co_return withWrongLength(response, *wrongLength);
  co_return wire::http::serialize(response);
}

void Shard::disturbHello(Hello hello) {
  if (!cares(hello.local, fault::Point::hello)) return queueHello(std::move(hello));
  const auto& addresses = shared_.plan.options.addresses;
  const auto index = machines_.globalIndex(hello.local);
  const auto beyond = addresses.base + addresses.machines + index;
  MeDuration delay;
  std::vector<MeDuration> copies;
  bool overtaken = false;
  const auto* const host = machines_.hot(hello.local).powerState == 0 ? "host-on" : "host-off";
  for (const auto& firing : strike(hello.local, fault::Point::hello, host)) {
    if (actionOf<fault::Suppress>(firing)) return;
    delay = delay + firing.delay;
    strikeMachine(hello.local, firing.rule->action);
    if (actionOf<fault::Overtaken>(firing)) overtaken = true;
    if (const auto* uuid = actionOf<fault::WrongUuid>(firing)) {
      std::ranges::copy(uuid->uuid.wire, hello.message.begin() + 8);
    }
    if (const auto* from = actionOf<fault::HelloFrom>(firing)) hello.source = from->address ? from->address : beyond;
    if (const auto* move = actionOf<fault::Move>(firing)) hello.moveTo = move->address ? move->address : beyond;
    if (const auto* bad = actionOf<fault::Malformed>(firing)) {
      malform(hello.message, bad->kind);
      hello.split = bad->kind == fault::Malformed::Kind::split;
      hello.staysOpen = bad->kind == fault::Malformed::Kind::neverClose;
    }
    if (const auto* again = actionOf<fault::Duplicate>(firing)) {
      for (unsigned n = 1; n <= again->copies; ++n) copies.push_back({again->every.ms * n});
    }
  }
  if (overtaken) {
    overtaken_.insert_or_assign(hello.local, std::move(hello));
    return;
  }
  for (const auto after : copies) net::spawn(context_.get_executor(), helloLater(hello, delay + after));
  net::spawn(context_.get_executor(), helloLater(std::move(hello), delay));
}

net::Task<void> Shard::helloLater(Hello hello, MeDuration wait) {
  const auto local = hello.local;
  if (wait.ms > 0) co_await waitForClock(wait);
  queueHello(std::move(hello));
  if (const auto held = overtaken_.extract(local); !held.empty()) queueHello(std::move(held.mapped()));
}

}  // namespace vme::runtime
