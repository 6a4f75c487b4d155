#pragma once
// The embedded service point of a run, which phases stop, start, move and change. Whatever becomes of it, its port,
// secrets and CA stay, and its outcomes go to one place.

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "servicepoint/service_point.hpp"

namespace vme::scenario {

class EmbeddedServicePoint {
 public:
  using OnOutcome = std::function<void(const servicepoint::Outcome&)>;

  /// Opens its ports. `host` is the name in its provisioning certificate.
  EmbeddedServicePoint(servicepoint::Options options, std::string host, OnOutcome onOutcome);

  void start();
  /// For good; what was not finished is told as interrupted.
  void finish();
  void check() const;
  boost::asio::ip::tcp::endpoint hellos() const { return {options_.address, options_.helloPort}; }
  std::uint16_t policyPort() const { return policyPort_; }
  /// Of the certificates that its CA has revoked.
  std::vector<Bytes> revokedSerials() const;
  /// Of all that have served.
  servicepoint::Counters counters() const;

  // Phases. Machines in hand that they cut off are not told: they are taken up again.

  void stop();
  /// Nothing happens when it runs.
  void restart();
  /// Another one takes hellos at another port; this one ends what it has in hand.
  void move();
  /// Its provisioning certificate is replaced by one of the same root, in force or expired.
  void changeCertificate(bool isExpired);
  void setRule(const std::vector<Uuid>& machines, servicepoint::Approval::Rule rule);
  /// At those of the machines that were provisioned since its last start.
  void run(servicepoint::Errand errand, const std::vector<Uuid>& machines);
  bool hasErrands() const;

 private:
  void make();
  std::vector<servicepoint::Unfinished> retire(std::unique_ptr<servicepoint::ServicePoint> point);

  servicepoint::Options options_;
  std::string host_;
  OnOutcome onOutcome_;
  std::atomic<bool> isCut_ = false;  // what ends now was cut off by a phase
  std::uint16_t policyPort_ = 0;
  std::unique_ptr<servicepoint::ServicePoint> point_;                 // null while it is stopped
  std::vector<std::unique_ptr<servicepoint::ServicePoint>> earlier_;  // moved away from
  std::vector<servicepoint::Unfinished> left_;                        // in hand when it was stopped
  servicepoint::Counters past_;                                       // of those that are gone
};

}  // namespace vme::scenario
