#include "host/agent.hpp"

#include <algorithm>

#include "host/agent_run.hpp"

namespace vme::host {
namespace {

using wire::agent::TaskStep;
using wire::amthi::Command;

constexpr MeDuration kRetry = MeDuration::hours(1);

}  // namespace

net::Task<AgentResult> runAgent(Pc& pc, AgentOptions options) {
  AgentRun run(pc, std::move(options));
  co_return co_await run.run();
}

AgentRun::AgentRun(Pc& pc, AgentOptions options)
    : pc_(pc), options_(std::move(options)), server_(pc, options_.server), me_(pc.heci(), options_.heciTimeout) {}

net::Task<AgentResult> AgentRun::run() {
  for (;;) {
    ++result_.attempts;
    auto done = co_await evaluate();
    if (done && options_.fault == AgentFault::reusedOtp && provisioned_) done = co_await replay();
    Stop end;
    if (!done) {
      end = std::move(done.error());
    } else if (provisioned_) {
      end.reason = Reason::provisioned;
    }
    if (pc_.isKilled()) end = {Reason::agentKilled, end.text, false};
    if (end.reason != Reason::agentKilled) co_await report(end);
    me_.close();
    if (!end.mayPass || result_.attempts >= options_.attempts) {
      result_.reason = end.reason;
      result_.text = std::move(end.text);
      if (options_.stays && end.reason == Reason::provisioned) co_await stay();
      co_return std::move(result_);
    }
    co_await pc_.wait(retryAfter());
    if (!pc_.isKilled()) continue;
    result_.reason = Reason::agentKilled;
    result_.text = "while it waited for its next attempt";
    co_return std::move(result_);
  }
}

MeDuration AgentRun::retryAfter() const {
  if (options_.retry) return *options_.retry;
  return hasPolicy_ ? MeDuration::seconds(policy_.retryS) : kRetry;
}

net::Task<Attempt<void>> AgentRun::evaluate() {
  auto policy = co_await timed("fetch-policy", server_.policy());
  if (!policy) co_return std::unexpected(std::move(policy.error()));
  policy_ = *std::move(policy);
  hasPolicy_ = true;
  auto looked = co_await timed("check", lookAtState());
  if (!looked) co_return looked;
  for (const auto step : policy_.sequence) {
    auto done = co_await timed(std::string(wordOf(step)), runStep(step));
    me_.close();
    if (!done) co_return done;
  }
  co_return Attempt<void>();
}

net::Task<Attempt<void>> AgentRun::lookAtState() {
  const bool driverComes = sequenceHas(TaskStep::upgradeDriver);
  if (pc_.facts().driver == Driver::absent && driverComes) co_return Attempt<void>();
  if (updateBroke_ && sequenceHas(TaskStep::upgradeFirmware)) co_return Attempt<void>();
  const auto state = co_await me_.readNumber(Command::getProvisioningState);
  if (!state) co_return std::unexpected(state.error());
  if (*state == 0 || started_) co_return Attempt<void>();
  co_return stop(Reason::alreadyConfigured, *state == 1 ? "the ME is in set-up" : "the ME is set up");
}

net::Task<Attempt<void>> AgentRun::runStep(TaskStep step) {
  switch (step) {
    case TaskStep::upgradeDriver:
      return upgradeDriver();
    case TaskStep::upgradeFirmware:
      return upgradeFirmware();
    case TaskStep::reboot:
      return reboot();
    case TaskStep::rngSeedCreator:
      return makeSeed();
    case TaskStep::provision:
      break;
  }
  return provision();
}

net::Task<Attempt<void>> AgentRun::replay() {
  if (auto done = co_await waitForServicePoint(); !done) co_return done;
  replaying_ = true;
  pc_.resetMe();
  me_.close();
  co_return co_await timed("replay", provision());
}

net::Task<void> AgentRun::stay() {
  const auto seen = co_await timed("stay", waitForServicePoint());
  if (!seen) result_.text = "the ME is operational, but its service point has not confirmed it: " + seen.error().text;
}

net::Task<void> AgentRun::report(const Stop& end) {
  wire::agent::StatusMessage message{.uuid = pc_.facts().uuid, .reason = end.reason, .text = end.text, .amtObject = {}};
  for (const auto& entry : versions_.entries) message.amtObject.emplace_back(entry.description, entry.version);
  if (!versions_.bios.empty()) message.amtObject.emplace_back("BiosVersion", versions_.bios);
  // A state message that is lost is no reason to stop: the next one tells the same.
  const auto sent = co_await server_.report(message);
  if (!sent && end.reason == Reason::none) result_.text = "the state message was lost: " + sent.error().text;
}

bool AgentRun::sequenceHas(TaskStep step) const {
  return std::ranges::find(policy_.sequence, step) != policy_.sequence.end();
}

}  // namespace vme::host
