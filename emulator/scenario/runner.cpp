#include "scenario/runner.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <deque>
#include <memory>
#include <set>
#include <thread>

#include "base/error.hpp"
#include "runtime/state_store.hpp"
#include "scenario/conversations.hpp"
#include "scenario/environment.hpp"
#include "scenario/event_log.hpp"
#include "scenario/health.hpp"
#include "scenario/journal.hpp"
#include "scenario/judgement.hpp"
#include "scenario/machine_names.hpp"
#include "scenario/phases_run.hpp"
#include "scenario/practice.hpp"
#include "scenario/recorder.hpp"
#include "scenario/relay.hpp"
#include "scenario/roster.hpp"
#include "scenario/staging.hpp"
#include "scenario/timeline.hpp"

namespace vme::scenario {
namespace {

using namespace std::chrono_literals;
namespace ip = boost::asio::ip;

constexpr auto kLookEvery = 50ms;
constexpr auto kProgressEvery = 500ms;
constexpr auto kRateOver = 5s;
constexpr std::int64_t kDefaultDeadlineMs = 600'000;  // beyond the last arrival

double milliseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

ip::tcp::endpoint resolve(const std::string& host, std::uint16_t port) {
  boost::asio::io_context context;
  ip::tcp::resolver resolver(context);
  boost::system::error_code error;
  for (const auto& entry : resolver.resolve(ip::tcp::v4(), host, std::to_string(port), error)) return entry.endpoint();
  throw EnvironmentError(fmt::format("{}:{}", host, port),
                         fmt::format("the service point's name has no IPv4 address ({}). check service_point.host",
                                     error ? error.message() : "none found"));
}

unsigned shardsFor(const Scenario& scenario) {
  if (std::ranges::any_of(scenario.groups, [](const GroupSpec& spec) { return spec.group.usbKey != nullptr; }))
    return 1;
  if (scenario.fleet.shards > 1) return scenario.fleet.shards;
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  return scenario.servicePoint.embedded ? std::max(1U, cores - 1) : cores;
}

/// Both ends of every conversation and hello that can be open at once, and what the process opens besides.
std::uint64_t descriptorsNeeded(const Scenario& scenario, const Roster& roster) {
  constexpr std::uint64_t kHellosAtOnce = 256, kBesides = 64, kExternal = 512;
  const auto hellos = std::min<std::uint64_t>(kHellosAtOnce, roster.size());
  if (!scenario.servicePoint.embedded) return hellos + std::min<std::uint64_t>(kExternal, roster.size()) + kBesides;
  return 2 * (hellos + std::min<std::uint64_t>(scenario.servicePoint.options.concurrency, roster.size())) + kBesides;
}

report::FieldNote noteOf(const Field& field) {
  return {.ids = field.ids,
          .provisioning = field.provisioning,
          .symptom = field.symptom,
          .correct = field.correct,
          .naive = field.naivePasses ? *field.naivePasses ? "passes" : "fails" : "",
          .why = field.why};
}

/// Provisioned a second over the last seconds.
class Rate {
 public:
  double add(Clock::time_point now, std::uint64_t count) {
    seen_.emplace_back(now, count);
    while (seen_.size() > 2 && now - seen_.front().first > kRateOver) seen_.pop_front();
    const double seconds = milliseconds(now - seen_.front().first) / 1000;
    return seconds <= 0 ? 0 : static_cast<double>(count - std::min(count, seen_.front().second)) / seconds;
  }

 private:
  std::deque<std::pair<Clock::time_point, std::uint64_t>> seen_;
};

class Run {
 public:
  explicit Run(const Scenario& scenario)
      : scenario_(scenario),
        roster_(scenario),
        recorder_(roster_, scenario.servicePoint.proof()),
        phases_(scenario, roster_),
        conversations_(roster_),
        shards_(shardsFor(scenario)),
        watch_(shards_),
        pki_(makePki(scenario)) {
    if (EventLog::isNeeded(scenario)) eventLog_ = std::make_unique<EventLog>(scenario, roster_);
    reserveDescriptors(descriptorsNeeded(scenario, roster_));
    const auto& target = scenario.servicePoint;
    if (target.pskOut) writePskFile(*target.pskOut, pskPairs(scenario, roster_));
    openState();
    openOutputs();
    if (target.embedded) {
      auto options = servicePointOptions(scenario, roster_, pki_);
      options.resumed = state_ && state_->saved();
      if (options.policy) {
        options.policy->clock = [this] { return fleet_->now().ms / 1000; };
      }
      options.clock = [this] { return fleet_->now().ms; };
      servicePoint_ = std::make_unique<EmbeddedServicePoint>(
          std::move(options), target.hostName, [this](const servicepoint::Outcome& outcome) { onOutcome(outcome); });
    }
    const auto rogue = makeRoguePki(scenario);
    if (rogue) {
      rogue_ = std::make_unique<EmbeddedServicePoint>(
          rogueOptions(scenario, rogue, servicePoint_->hellos().port()), scenario.rogue->hostName,
          [this](const servicepoint::Outcome& outcome) { recorder_.rogueOutcome(outcome); });
    }
    openFleet(pki_, rogue);
  }

  report::Results go(const std::atomic<bool>& stop, const std::function<void(const Progress&)>& onProgress) {
    report::Results results = preamble();
    started_ = Clock::now();
    conversations_.setStart(started_);
    if (journal_) journal_->setStart(started_);
    if (servicePoint_) servicePoint_->start();
    if (rogue_) rogue_->start();
    phases_.begin(*fleet_, servicePoint_.get(), practice_ ? &*practice_ : nullptr);
    fleet_->start();
    const bool interrupted = !watch(stop, onProgress);
    const double busyMs = milliseconds(Clock::now() - started_);
    auto point = servicePoint_ ? servicePoint_->counters() : servicepoint::Counters{};
    watch_.sample(point);
    // The service point first: it is the one that waits for answers.
    if (servicePoint_) {
      servicePoint_->finish();
      point.cpuSeconds = servicePoint_->counters().cpuSeconds;  // of the whole run, short as it may be
    }
    if (rogue_) rogue_->finish();
    fleet_->stop();
    fleet_->check();
    results.wallMs = busyMs;
    results.timeline = timeline_.finish(timelinePoint(recorder_.settled()));
    for (const auto& tally : fleet_->faultTallies()) results.faults.push_back({tally.id, tally.asked, tally.fired});
    if (practice_) results.bestPractice = practice_->judge(*fleet_, revoked(), pki_);
    fillResults(results, scenario_, roster_, recorder_, eventLog_.get(), fleet_->views(), interrupted);
    if (auto problems = phases_.problems(); !problems.empty() && !interrupted) {
      results.verdict = report::Verdict::error;
      results.error = std::move(problems);
    }
    addConversations(results);
    finishOutputs(results);
    results.health = watch_.finish(fleet_->counters(), point, busyMs, std::min(busyMs, arrivalRealMs()));
    return results;
  }

 private:
  void openOutputs() {
    relay_.add(recorder_);
    relay_.add(conversations_);
    if (!scenario_.phases.empty()) relay_.add(phases_.observer());
    if (eventLog_) relay_.add(*eventLog_);
    if (scenario_.audit) relay_.add(practice_.emplace(scenario_, roster_).observer());
    if (scenario_.journal) {
      journal_ = std::make_unique<Journal>(*scenario_.journal, roster_);
      relay_.add(*journal_);
    }
    if (scenario_.capture) {
      captureOnly_ = machinesNamed("capture", scenario_.capture->machines, scenario_);
      capture_ = std::make_shared<net::CaptureFile>(scenario_.capture->file, scenario_.capture->limit);
    }
  }

  void finishOutputs(report::Results& results) {
    if (journal_) {
      journal_->finish();
      results.journal = scenario_.journal->file.string();
    }
    if (!capture_) return;
    capture_->finish();
    results.capture = capture_->path().string();
    if (capture_->isFull()) results.capture += " (up to its limit; what came later is not in it)";
  }

  void addConversations(report::Results& results) const {
    for (auto& failure : results.failures) {
      if (failure.index) failure.conversation = conversations_.of(*failure.index);
    }
  }

  report::TimelinePoint timelinePoint(std::uint32_t settled) const {
    const auto fleet = fleet_->counters();
    const auto waiting = fleet.machines - std::min(fleet.machines, fleet.arrived);
    return {.ms = milliseconds(Clock::now() - started_),
            .waiting = waiting,
            .factory = fleet.factory - std::min(fleet.factory, waiting),
            .inSetup = fleet.inSetup,
            .operational = fleet.operational,
            .arrivals = fleet.arrived,
            .completions = settled};
  }

  /// Serial numbers; nothing when the service point is another program.
  std::optional<std::vector<Bytes>> revoked() const {
    return servicePoint_ ? std::optional(servicePoint_->revokedSerials()) : std::nullopt;
  }

  /// On the service point's thread.
  void onOutcome(const servicepoint::Outcome& outcome) {
    if (eventLog_) eventLog_->outcome(outcome);
    recorder_.outcome(outcome);
    phases_.outcome(outcome);
    const auto machine = roster_.find(outcome.uuid, outcome.address.to_uint());
    if (machine) conversations_.ended(*machine, outcome.reason);
  }

  void openState() {
    if (!scenario_.stateFile) return;
    if (scenario_.servicePoint.embedded && scenario_.seed == 0) {
      throw ConfigError("--state",
                        "with seed 0 the service point makes up passwords that a later run cannot know. "
                        "give another --seed");
    }
    std::vector<runtime::Group> groups;
    for (const auto& spec : scenario_.groups) groups.push_back(spec.group);
    state_ = std::make_shared<runtime::StateStore>(*scenario_.stateFile, runtime::stateFacts(scenario_.fleet, groups));
  }

  void openFleet(const std::optional<net::ProvisioningPki>& pki, const std::optional<net::ProvisioningPki>& rogue) {
    auto options = scenario_.fleet;
    options.seed = scenario_.seed;
    options.clock = scenario_.clock;
    options.shards = shards_;
    options.state = state_;
    options.capture = capture_;
    options.captureOnly = captureOnly_;
    options.servicePoint = servicePoint_ ? servicePoint_->hellos()
                                         : resolve(scenario_.servicePoint.host, scenario_.servicePoint.helloPort);
    const auto& target = scenario_.servicePoint;
    const auto policyServer = servicePoint_ ? ip::tcp::endpoint(target.options.address, servicePoint_->policyPort())
                              : target.policy.port != 0 ? resolve(target.host, target.policy.port)
                                                        : ip::tcp::endpoint();
    fleet_ = std::make_unique<runtime::Fleet>(options, fleetGroups(scenario_, pki, policyServer, rogue), relay_);
    recorder_.setStart(fleet_->arrivalsFrom(), fleet_->takenUpAt(), options.clock.speed);
    if (!state_) return;
    for (const auto& view : fleet_->views()) {
      if (view.restored) recorder_.restored(view);
    }
  }

  report::Results preamble() const {
    report::Results results;
    results.scenario = scenario_.name;
    results.seed = scenario_.seed;
    results.started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
    results.clockSpeed = scenario_.clock.skipIdle ? "skip-idle" : fmt::format("{:g}", scenario_.clock.speed);
    results.environment = environmentOfRun();
    bool modern = false, period = false;
    for (const auto& spec : scenario_.groups) {
      (spec.group.environment.tls == machine::TlsMode::modern ? modern : period) = true;
    }
    results.rerun = scenario_.rerun;
    if (scenario_.field) results.field = noteOf(*scenario_.field);
    results.tls = modern && period ? "modern and period" : period ? "period" : "modern";
    return results;
  }

  double arrivalRealMs() const {
    // Idle stretches are jumped over, so that arrivals cost no time of their own.
    if (scenario_.clock.skipIdle) return 0;
    return static_cast<double>(roster_.lastArrivalMs()) / scenario_.clock.speed;
  }

  /// False when it was stopped.
  bool watch(const std::atomic<bool>& stop, const std::function<void(const Progress&)>& onProgress) {
    const auto limit =
        scenario_.deadlineMs > 0 ? static_cast<double>(scenario_.deadlineMs) : kDefaultDeadlineMs + arrivalRealMs();
    const auto expected = roster_.expectedToSettle();
    auto nextProgress = started_ + kProgressEvery;
    while (!stop.load()) {
      fleet_->check();
      if (servicePoint_) servicePoint_->check();
      if (rogue_) rogue_->check();
      const auto now = Clock::now();
      const auto settled = recorder_.settled();
      if (timeline_.isDue(milliseconds(now - started_))) timeline_.add(timelinePoint(settled));
      // A scenario in which nothing is to be provisioned watches until its deadline, when it has one.
      const bool allSettled =
          settled >= expected && (expected > 0 || scenario_.deadlineMs == 0 || !scenario_.phases.empty());
      const bool done = phases_.look(settled, expected, allSettled) && allSettled && isAtRest();
      const bool ended = done || milliseconds(now - started_) >= limit;
      if (ended || now >= nextProgress) {
        nextProgress = now + kProgressEvery;
        report(onProgress, settled, expected);
      }
      if (ended) return true;
      std::this_thread::sleep_for(kLookEvery);
    }
    return false;
  }

  /// Phases may have begun what the service point has still to end and to tell.
  bool isAtRest() const {
    if (scenario_.phases.empty() || !servicePoint_) return true;
    const auto point = servicePoint_->counters();
    return point.running == 0 && point.waiting == 0;
  }

  void report(const std::function<void(const Progress&)>& onProgress, std::uint32_t settled, std::uint32_t expected) {
    const auto now = Clock::now();
    Progress progress;
    progress.elapsedMs = milliseconds(now - started_);
    progress.fleet = fleet_->counters();
    if (servicePoint_) progress.servicePoint = servicePoint_->counters();
    watch_.sample(progress.servicePoint);
    auto times = recorder_.timesToProvision();
    progress.rate = rate_.add(now, times.size());
    progress.p50 = report::quantile(times, 0.50);
    progress.p95 = report::quantile(times, 0.95);
    progress.hellosRate = hellosRate_.add(now, progress.fleet.hellos);
    progress.handshakesRate = handshakesRate_.add(now, progress.fleet.handshakes);
    progress.requestsRate = requestsRate_.add(now, progress.fleet.requests);
    for (const auto& [machine, reason] : recorder_.recentTroubles()) {
      progress.troubles.push_back(fmt::format("{}: {}", roster_.nameOf(machine), wordOf(reason)));
    }
    const double settleRate = settleRate_.add(now, settled) / 1000;
    if (settleRate > 0) {
      const double work = (expected - std::min(expected, settled)) / settleRate;
      progress.leftMs = std::max(work, arrivalRealMs() - progress.elapsedMs);
    }
    if (onProgress) onProgress(progress);
  }

  const Scenario& scenario_;
  Roster roster_;
  Recorder recorder_;
  PhasesRun phases_;
  Conversations conversations_;
  std::unique_ptr<EventLog> eventLog_;  // none: no expectation asks for events
  unsigned shards_;
  HealthWatch watch_;
  std::optional<net::ProvisioningPki> pki_;
  std::optional<Practice> practice_;
  Rate rate_, settleRate_, hellosRate_, handshakesRate_, requestsRate_;
  Relay relay_;
  std::unique_ptr<Journal> journal_;
  std::shared_ptr<net::CaptureFile> capture_;
  std::set<std::uint32_t> captureOnly_;
  Timeline timeline_;
  std::shared_ptr<runtime::StateStore> state_;
  std::unique_ptr<EmbeddedServicePoint> servicePoint_, rogue_;
  std::unique_ptr<runtime::Fleet> fleet_;
  Clock::time_point started_;
};

}  // namespace

report::Results run(const Scenario& scenario, const std::atomic<bool>& stop,
                    const std::function<void(const Progress&)>& onProgress) {
  Run run(scenario);
  return run.go(stop, onProgress);
}

}  // namespace vme::scenario
