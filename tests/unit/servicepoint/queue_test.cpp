#include "servicepoint/queue.hpp"

#include <gtest/gtest.h>

#include <set>

namespace vme::servicepoint {
namespace {

const boost::asio::ip::address_v4 kAddress = boost::asio::ip::make_address_v4("127.16.0.1");

boost::asio::ip::address_v4 addressOf(std::uint32_t number) {
  return boost::asio::ip::address_v4(kAddress.to_uint() + number);
}

wire::Hello helloOf(std::uint8_t number) {
  wire::Hello hello;
  hello.uuid.wire[15] = number;
  hello.credentials = "0000037M";
  return hello;
}

TEST(Queue, RunsNoMoreThanItsConcurrencyAndInOrder) {
  Queue queue(2);
  std::vector<Job*> jobs;
  for (std::uint8_t i = 1; i <= 4; ++i) {
    jobs.push_back(queue.admit(helloOf(i), addressOf(i)));
    ASSERT_NE(jobs.back(), nullptr);
    queue.enqueue(*jobs.back());
  }
  EXPECT_EQ(queue.startNext(), jobs[0]);
  EXPECT_EQ(queue.startNext(), jobs[1]);
  EXPECT_EQ(queue.startNext(), nullptr);
  EXPECT_EQ(queue.running(), 2U);
  EXPECT_EQ(queue.waiting(), 2U);

  queue.finish(*jobs[1], Result::failed);
  EXPECT_EQ(queue.startNext(), jobs[2]);
  EXPECT_EQ(queue.startNext(), nullptr);
}

TEST(Queue, AHelloOfAMachineInHandOrDoneIsADuplicate) {
  Queue queue(1);
  auto* job = queue.admit(helloOf(1), kAddress);
  queue.enqueue(*job);
  EXPECT_EQ(queue.admit(helloOf(1), kAddress), nullptr) << "waiting";
  queue.startNext();
  EXPECT_EQ(queue.admit(helloOf(1), kAddress), nullptr) << "running";
  queue.retryLater(*job);
  EXPECT_EQ(queue.admit(helloOf(1), kAddress), nullptr) << "retrying";
  queue.enqueue(*job);
  queue.startNext();
  queue.finish(*job, Result::provisioned);
  EXPECT_EQ(queue.admit(helloOf(1), kAddress), nullptr) << "provisioned";
  EXPECT_EQ(queue.count(Result::provisioned), 1U);
}

TEST(Queue, AnAddressHasOneMachine) {
  Queue queue(1);
  auto* job = queue.admit(helloOf(1), kAddress);
  queue.enqueue(*job);
  EXPECT_EQ(queue.admit(helloOf(2), kAddress), nullptr) << "the first is in hand";
  queue.startNext();
  queue.finish(*job, Result::failed);
  // Each new UUID takes the place of the failed one before it.
  for (std::uint8_t i = 2; i < 200; ++i) {
    auto* next = queue.admit(helloOf(i), kAddress);
    ASSERT_NE(next, nullptr);
    queue.finish(*next, Result::refused);
  }
  EXPECT_EQ(queue.count(Result::failed), 1U);
  EXPECT_EQ(queue.count(Result::refused), 198U);
  // So the first one is forgotten, and starts as if never seen.
  auto* again = queue.admit(helloOf(1), kAddress);
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(again->attempts, 0U);
  queue.finish(*again, Result::provisioned);
  EXPECT_NE(queue.admit(helloOf(2), kAddress), nullptr) << "a done machine may have left its address to another";
}

TEST(Queue, ARefusedOrFailedMachineStartsAnewAndIsCountedOnce) {
  for (const auto result : {Result::refused, Result::failed}) {
    Queue queue(1);
    auto* job = queue.admit(helloOf(1), kAddress);
    queue.enqueue(*job);
    queue.startNext();
    queue.finish(*job, result);
    EXPECT_EQ(queue.count(result), 1U);

    ASSERT_EQ(queue.admit(helloOf(1), kAddress), job);
    EXPECT_EQ(queue.count(result), 0U);
    EXPECT_EQ(job->attempts, 0U);
    queue.enqueue(*job);
    queue.startNext();
    queue.finish(*job, Result::provisioned);
    EXPECT_EQ(queue.count(Result::provisioned), 1U);
    EXPECT_EQ(queue.running(), 0U);
    EXPECT_EQ(queue.waiting(), 0U);
  }
}

TEST(Queue, ARetryCountsAsWaitingAndKeepsItsAttempts) {
  Queue queue(1);
  auto* job = queue.admit(helloOf(1), kAddress);
  queue.enqueue(*job);
  queue.startNext();
  queue.retryLater(*job);
  EXPECT_EQ(queue.running(), 0U);
  EXPECT_EQ(queue.waiting(), 1U);
  EXPECT_EQ(queue.startNext(), nullptr) << "its delay is not over";
  queue.enqueue(*job);
  EXPECT_EQ(queue.waiting(), 1U);
  EXPECT_EQ(queue.startNext(), job);
  EXPECT_EQ(job->attempts, 2U);
}

TEST(Queue, VisitsWhatIsUnfinished) {
  Queue queue(1);
  auto* done = queue.admit(helloOf(1), addressOf(1));
  queue.finish(*done, Result::refused);
  auto* waiting = queue.admit(helloOf(2), addressOf(2));
  queue.enqueue(*waiting);
  auto* another = queue.admit(helloOf(3), addressOf(3));
  queue.enqueue(*another);
  queue.startNext();
  std::set<Job*> seen;
  queue.eachUnfinished([&](Job& job) { seen.insert(&job); });
  EXPECT_EQ(seen, (std::set<Job*>{waiting, another}));
}

}  // namespace
}  // namespace vme::servicepoint
