#include "scenario/embedded_service_point.hpp"

#include <algorithm>
#include <ctime>

#include "net/pki.hpp"
#include "servicepoint/authority.hpp"

namespace vme::scenario {
namespace {

constexpr std::int64_t kDay = 86400;

void add(servicepoint::Counters& sum, const servicepoint::Counters& one) {
  sum.hellos += one.hellos;
  sum.malformedHellos += one.malformedHellos;
  sum.duplicateHellos += one.duplicateHellos;
  sum.provisioned += one.provisioned;
  sum.refused += one.refused;
  sum.failed += one.failed;
  sum.waiting += one.waiting;
  sum.running += one.running;
  sum.policyFetches += one.policyFetches;
  sum.agentRequests += one.agentRequests;
  sum.agentRefusals += one.agentRefusals;
  sum.statusMessages += one.statusMessages;
  sum.awaitingAgent += one.awaitingAgent;
  sum.unansweredHellos += one.unansweredHellos;
  sum.cpuSeconds += one.cpuSeconds;
}

}  // namespace

EmbeddedServicePoint::EmbeddedServicePoint(servicepoint::Options options, std::string host, OnOutcome onOutcome)
    : options_(std::move(options)), host_(std::move(host)), onOutcome_(std::move(onOutcome)) {
  make();
  options_.helloPort = point_->helloPort();
  policyPort_ = point_->policyPort();
  if (options_.policy) options_.policy->port = policyPort_;
  options_.authority = point_->authority();
}

void EmbeddedServicePoint::make() {
  point_ = std::make_unique<servicepoint::ServicePoint>(options_, [this](const servicepoint::Outcome& outcome) {
    if (outcome.reason == Reason::interrupted && isCut_.load()) return;
    onOutcome_(outcome);
  });
}

void EmbeddedServicePoint::start() {
  point_->start();
}

std::vector<servicepoint::Unfinished> EmbeddedServicePoint::retire(std::unique_ptr<servicepoint::ServicePoint> point) {
  if (!point) return {};
  auto left = point->stop();
  auto counters = point->counters();
  counters.waiting = counters.running = 0;
  add(past_, counters);
  return left;
}

void EmbeddedServicePoint::finish() {
  for (auto& point : earlier_) retire(std::move(point));
  earlier_.clear();
  retire(std::move(point_));
}

void EmbeddedServicePoint::check() const {
  if (point_) point_->check();
  for (const auto& point : earlier_) point->check();
}

std::vector<Bytes> EmbeddedServicePoint::revokedSerials() const {
  return options_.authority->revoked();
}

servicepoint::Counters EmbeddedServicePoint::counters() const {
  auto sum = past_;
  if (point_) add(sum, point_->counters());
  for (const auto& point : earlier_) add(sum, point->counters());
  return sum;
}

void EmbeddedServicePoint::stop() {
  if (!point_) return;
  isCut_ = true;
  left_ = retire(std::move(point_));
  isCut_ = false;
  // They were told as failed, and are not.
  past_.failed -= left_.size();
}

void EmbeddedServicePoint::restart() {
  if (point_) return;
  // It may have begun with any machine before.
  options_.resumed = true;
  make();
  point_->start(std::exchange(left_, {}));
}

void EmbeddedServicePoint::move() {
  if (point_) earlier_.push_back(std::move(point_));
  options_.resumed = true;
  options_.helloPort = 0;
  // Agents know the policy server by an address of its own, and stay with the old one.
  auto policy = std::exchange(options_.policy, std::nullopt);
  make();
  options_.policy = std::move(policy);
  options_.helloPort = point_->helloPort();
  point_->start();
}

void EmbeddedServicePoint::changeCertificate(bool isExpired) {
  if (!options_.pki) return;
  const auto now = static_cast<std::int64_t>(std::time(nullptr));
  const auto& root = options_.pki->chain.back();
  net::CertificateRequest request{.commonName = host_,
                                  .organization = "VirtualME",
                                  .dnsNames = {host_},
                                  .serverAuth = true,
                                  .provisioningOid = true,
                                  .notBefore = now - 400 * kDay,
                                  .notAfter = isExpired ? now - kDay : now + 400 * kDay};
  auto leaf = net::issueCertificate(request, options_.pki->leafKey, root, options_.pki->rootKey);
  options_.pki->chain = {std::move(leaf), root};
  stop();
  restart();
}

void EmbeddedServicePoint::setRule(const std::vector<Uuid>& machines, servicepoint::Approval::Rule rule) {
  for (const auto& uuid : machines) options_.approval.machines[uuid] = rule;
  if (point_) point_->setRule(machines, rule);
  for (const auto& point : earlier_) point->setRule(machines, rule);
}

void EmbeddedServicePoint::run(servicepoint::Errand errand, const std::vector<Uuid>& machines) {
  if (point_) point_->run(errand, machines);
  for (const auto& point : earlier_) point->run(errand, machines);
}

bool EmbeddedServicePoint::hasErrands() const {
  const auto isBusy = [](const auto& point) { return point && point->errands() > 0; };
  return isBusy(point_) || std::ranges::any_of(earlier_, isBusy);
}

}  // namespace vme::scenario
