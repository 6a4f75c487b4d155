#pragma once
// What a service point is made of: the part for hellos and conversations in service_point.cpp, that for agents in
// service_point_agents.cpp.

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <thread>
#include <unordered_map>

#include "net/loop_run.hpp"
#include "servicepoint/agents/otp_ledger.hpp"
#include "servicepoint/agents/policy_server.hpp"
#include "servicepoint/conversation.hpp"
#include "servicepoint/hello_listener.hpp"
#include "servicepoint/own_certificate.hpp"
#include "servicepoint/queue.hpp"

namespace vme::servicepoint {

namespace asio = net::asio;

/// Counters as other threads read them.
struct Published {
  std::atomic<std::uint64_t> hellos{0}, malformed{0}, duplicates{0}, provisioned{0}, refused{0}, failed{0};
  std::atomic<std::uint64_t> policyFetches{0}, agentRequests{0}, agentRefusals{0}, statusMessages{0}, awaitingAgent{0},
      unanswered{0};
  std::atomic<std::uint32_t> waiting{0}, running{0}, errands{0};
  std::atomic<double> cpuSeconds{0};
};

struct ServicePoint::Impl {
  Impl(Options given, std::function<void(const Outcome&)> onOutcome);

  void run();
  void onHello(const wire::Hello& hello, asio::ip::address_v4 peer);
  void onDuplicate(const wire::Hello& hello, asio::ip::address_v4 peer);
  void refuseTwin(const Uuid& uuid, asio::ip::address_v4 address);
  Job* admit(const wire::Hello& hello, asio::ip::address_v4 peer);
  Admission judge(const wire::Hello& hello) const;
  bool looksAtRefused(Job& job, const Admission& judged);
  net::Task<void> serveBeside(std::unique_ptr<Job> job);
  net::Task<void> waitForFlash();
  void keepCertificate(Job& job, const Progress& progress);
  void block(const Uuid& uuid);
  void begin(Errand errand, const std::vector<Uuid>& machines);
  void end(Job& errand);
  void onInBandHello(const wire::Hello& hello, asio::ip::address_v4 peer);
  void expectOtp(Job& job) const;
  void decide(Job& job);
  void startWaiting();
  net::Task<void> converse(Job& job);
  net::Task<Attempt<void>> attempt(const Job& job, Conversation& conversation);
  net::Task<void> publishNowAndThen();
  void settle(Job& job, Result result, Reason reason, std::string text, const Conversation* conversation);
  void interruptAll();
  void takeUp(const Unfinished& left);
  /// Takes the job's steps.
  Outcome outcomeOf(Job& job, Result result, Reason reason, std::string text, const Conversation* conversation);

  // For agents: service_point_agents.cpp.
  AgentDesk::Events agentEvents();
  std::optional<wire::agent::Refusal> judgeAgent(const Uuid& uuid) const;
  AgentDesk::Decision onAgentRequest(const wire::agent::ProvisionRequest& request);
  AgentDesk::Decision startFor(const wire::agent::ProvisionRequest& request);
  void refuseAgent(const Uuid& uuid, asio::ip::address_v4 address, const wire::agent::Refusal& refusal);
  void refuseStranger(const Uuid& uuid, asio::ip::address_v4 address, const wire::agent::Refusal& refusal);
  std::optional<wire::agent::ProvisionAnswer> stateOf(const Uuid& uuid);
  bool awaitsAgent(const Uuid& uuid) const;
  bool otpIsExpired(const Job& job) const;
  std::int64_t agentTime() const;
  void publish();

  Options options;
  std::function<void(const Outcome&)> onOutcome;
  OwnCertificate own;
  std::shared_ptr<Authority> authority;
  Queue queue;
  std::unordered_map<Job*, Conversation*> conversations;
  std::uint64_t hellos = 0;
  std::uint64_t malformed = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t policyFetches = 0;
  std::uint64_t agentRequests = 0;
  std::uint64_t agentRefusals = 0;
  std::uint64_t statusMessages = 0;
  std::uint64_t awaitingAgent = 0;
  std::uint64_t unanswered = 0;
  std::deque<std::pair<Uuid, std::uint32_t>> twins;  // told once
  OtpLedger ledger;
  std::deque<Uuid> strangers;  // refused without a token; told once
  bool stopping = false;
  std::vector<Unfinished> unfinished;  // once stopped
  Published published;
  // The context comes after what suspended conversations refer to, so that it ends them first.
  asio::io_context io{1};
  Workplace workplace;
  HelloListener listener;
  std::optional<PolicyServer> policyServer;
  std::thread thread;
  net::LoopRun loop;
};

}  // namespace vme::servicepoint
