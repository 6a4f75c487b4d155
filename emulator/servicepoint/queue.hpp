#pragma once
// Which machines wait, run, or are done. Pure bookkeeping: who may start, what a further hello means, and the counts.

#include <boost/asio/ip/address_v4.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <unordered_map>

#include "servicepoint/progress.hpp"
#include "servicepoint/service_point.hpp"
#include "wire/certificate.hpp"
#include "wire/hello.hpp"

namespace vme::servicepoint {

enum class JobState : std::uint8_t {
  fresh,    // admitted, not yet decided on
  waiting,  // for room
  running,
  retrying,  // waits before its next attempt
  provisioned,
  refused,
  failed,
};

/// One machine. Its place in memory does not change.
struct Job {
  Uuid uuid;
  boost::asio::ip::address_v4 address;
  JobState state = JobState::fresh;
  Reason lastReason = Reason::none;  // of its last refusal or failure
  std::string lastText;              // its particulars
  unsigned attempts = 0;             // begun since the hello that started it
  std::chrono::steady_clock::time_point helloAt;
  wire::Hello hello;
  bool byAgent = false;           // its agent's request started it or has joined it
  std::optional<wire::Sha1> otp;  // that the ME has to hold
  std::int64_t otpCreated = std::numeric_limits<std::int64_t>::max();  // seconds since 1970
  /// Of the hello that was noted until the agent asks: its PID, empty where it was a PKI hello.
  std::string notedPid;
  bool hasReturned = false;  // it was provisioned before, so that the ME may hold what it was given then
  std::chrono::steady_clock::time_point finishedAt;
  /// Where another hello of that UUID came from since: the machine has moved, or another shows its UUID.
  std::optional<boost::asio::ip::address_v4> heardFrom;
  Errand errand = Errand::none;      // what is under way at it, which is provisioned
  std::string adminPassword;         // that it was given last
  Reason refusedFor = Reason::none;  // it was refused, and is looked at all the same
  Bytes certificateSerial;           // of the certificate that it holds; empty: none of ours
  /// What attempts left in the ME; none before the first, and none once provisioned.
  std::shared_ptr<Progress> progress;
  std::vector<Step> steps;
};

class Queue {
 public:
  explicit Queue(unsigned concurrency) : concurrency_(concurrency) {}

  /// A new machine, or one that was refused or failed: it starts anew, and its earlier result no longer counts. So does
  /// a provisioned one whose hello comes a while later: it has lost its configuration. Null for a machine that waits,
  /// runs or has just been provisioned: a duplicate. An address has one machine, since that is where the
  /// service point connects to: null for another UUID while its machine is in hand, and a refused or failed one there
  /// is forgotten for a new UUID, so that one address cannot fill the memory.
  Job* admit(const wire::Hello& hello, boost::asio::ip::address_v4 address);
  /// The same by an agent's request, with a hello that shows no credentials, as one by PKI. `anew`: also a provisioned
  /// machine, which has lost its configuration.
  Job* admit(const Uuid& uuid, boost::asio::ip::address_v4 address, bool anew);
  /// A provisioned machine, to be enqueued for that errand; null for others.
  Job* admit(const Uuid& uuid, Errand errand);
  /// Null when nothing is known of the machine.
  Job* find(const Uuid& uuid);
  void enqueue(Job& job);
  /// The longest waiting machine, now running; null when none waits or no more may run.
  Job* startNext();
  /// Its attempt is over; enqueue() it later.
  void retryLater(Job& job);
  void finish(Job& job, Result result);

  std::uint32_t waiting() const { return waiting_; }  // those that retry included
  std::uint32_t running() const { return running_; }
  std::uint64_t count(Result result) const;
  /// Machines that are neither refused, failed nor provisioned.
  template <typename Visit>
  void eachUnfinished(Visit visit) {
    for (auto& [uuid, job] : jobs_) {
      if (job.state < JobState::provisioned) visit(job);
    }
  }

 private:
  struct Hash {
    std::size_t operator()(const Uuid& uuid) const;
  };
  std::uint64_t& counterOf(JobState state);
  Job* begin(const Uuid& uuid, boost::asio::ip::address_v4 address, bool anew);
  bool makesWay(const Uuid& uuid, boost::asio::ip::address_v4 address);

  unsigned concurrency_;
  std::unordered_map<Uuid, Job, Hash> jobs_;
  std::unordered_map<std::uint32_t, Uuid> latest_;  // by address
  std::deque<Job*> line_;
  std::uint32_t waiting_ = 0, running_ = 0;
  std::uint64_t provisioned_ = 0, refused_ = 0, failed_ = 0;
};

}  // namespace vme::servicepoint
