#pragma once
// A service point against scripted MEs over real sockets and TLS, and what it told of them.

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "base/draw.hpp"
#include "fake_me.hpp"
#include "servicepoint/service_point.hpp"
#include "wire/certificate.hpp"
#include "wire/hello.hpp"

namespace vme::servicepoint::test {

inline Uuid uuidOf(unsigned index) {
  Uuid uuid = *Uuid::parse("44454c4c-3100-1051-8032-b4c04f4b0000");
  uuid.wire[14] = static_cast<std::uint8_t>(index >> 8U);
  uuid.wire[15] = static_cast<std::uint8_t>(index);
  return uuid;
}

inline wire::PskPair pairOf(unsigned index) {
  return wire::drawPskPair(Draw(7, index));
}

class ServicePointTest : public ::testing::Test {
 protected:
  ServicePointTest() {
    options_.helloPort = 0;
    options_.seed = 7;
    options_.stepTimeout = std::chrono::milliseconds(10000);
    options_.retryDelay = std::chrono::milliseconds(10);
    options_.reconnectTimeout = std::chrono::milliseconds(2000);
  }

  ~ServicePointTest() override { servicePoint_.reset(); }

  FakeMeScript pskScript() {
    FakeMeScript script;
    script.uuid = uuidOf(machines_);
    script.psk = pairOf(machines_);
    return script;
  }
  FakeMeScript pkiScript() {
    auto script = pskScript();
    script.pki = true;
    script.version = "2.2.20";
    return script;
  }

  FakeMe& add(FakeMeScript script) {
    options_.pskPairs.push_back(pairOf(machines_++));
    return fleet_.add(std::move(script));
  }

  void usePki() { options_.pki = net::makeProvisioningPki({}); }

  void start(bool withFleet = true) {
    if (withFleet) fleet_.start();
    make();
    servicePoint_->start();
  }

  void make() {
    options_.mePort = fleet_.port();
    servicePoint_.emplace(options_, [this](const Outcome& outcome) {
      const std::scoped_lock lock(mutex_);
      outcomes_.push_back(outcome);
      changed_.notify_all();
    });
  }

  void sendHello(unsigned index, bool pki = false) {
    wire::Hello hello;
    hello.uuid = uuidOf(index);
    if (pki) {
      const auto root = wire::sha1(options_.pki->chain.back());
      hello.credentials = std::vector{wire::RootHash{wire::HashAlgorithm::sha1, Bytes(root.begin(), root.end())}};
    } else {
      hello.credentials = std::string(pairOf(index).pidText());
    }
    test::sendBytes(FakeFleet::addressOf(index), servicePoint_->helloPort(), wire::encode(hello));
  }

  void sendHello(const Uuid& uuid, const wire::PskPair& pair) {
    wire::Hello hello;
    hello.uuid = uuid;
    hello.credentials = std::string(pair.pidText());
    test::sendBytes(FakeFleet::addressOf(0), servicePoint_->helloPort(), wire::encode(hello));
  }

  std::vector<Outcome> waitFor(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(30), [&] { return outcomes_.size() >= count; }));
    return outcomes_;
  }

  /// The outcome of machine 0 alone.
  Outcome outcomeOf(FakeMeScript script) {
    const bool pki = script.pki;
    me_ = &add(std::move(script));
    start();
    sendHello(0, pki);
    const auto outcomes = waitFor(1);
    return outcomes.empty() ? Outcome{} : outcomes.front();
  }

  template <typename Condition>
  bool until(Condition condition) {
    for (int i = 0; i < 2000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }

  Options options_;
  FakeFleet fleet_;
  FakeMe* me_ = nullptr;
  std::optional<ServicePoint> servicePoint_;

 private:
  unsigned machines_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Outcome> outcomes_;
};

}  // namespace vme::servicepoint::test
