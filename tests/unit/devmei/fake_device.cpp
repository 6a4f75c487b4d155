#include "fake_device.hpp"

namespace vme::devmei {
namespace {

constexpr auto kUseTuple = net::asio::as_tuple(net::asio::use_awaitable);
using Clock = std::chrono::steady_clock;

}  // namespace

class FakeDevice::File final : public net::HeciFile {
 public:
  explicit File(FakeDevice& device)
      : device_(device), changed_(device.executor_, Clock::time_point::max()), deadline_(device.executor_) {
    device_.files_.insert(this);
    device_.mostOpen = std::max(device_.mostOpen, ++device_.openFiles);
  }
  ~File() override {
    device_.files_.erase(this);
    --device_.openFiles;
  }

  net::Task<net::Heci<wire::heci::Properties>> connect(const Uuid& client) override {
    if (gone_) co_return std::unexpected(wire::heci::Error::noDevice);
    if (connected_) co_return std::unexpected(wire::heci::Error::busy);
    if (client == wire::heci::kWatchdog) co_return std::unexpected(wire::heci::Error::busy);
    if (client != wire::heci::kAmthi) co_return std::unexpected(wire::heci::Error::unknownClient);
    connected_ = true;
    co_return kProperties;
  }

  net::Task<net::Heci<void>> write(ByteView message) override {
    while (!gone_ && !expired() && (answers_.size() >= device_.room || !device_.reading)) co_await change();
    if (gone_) co_return std::unexpected(wire::heci::Error::noDevice);
    if (expired()) co_return std::unexpected(wire::heci::Error::timedOut);
    ++device_.taken;
    Bytes answer(message.begin(), message.end());
    const auto command = answer.empty() ? 0 : answer.front();
    if (command == kEmpty) answer.clear();
    answers_.push_back(answer);
    if (command == kTwice) answers_.push_back(std::move(answer));
    wake();
    if (command == kReset) device_.reset();
    co_return net::Heci<void>{};
  }

  net::Task<net::Heci<Bytes>> read() override {
    while (!gone_ && !expired() && answers_.empty()) co_await change();
    if (gone_) co_return std::unexpected(wire::heci::Error::noDevice);
    if (answers_.empty()) co_return std::unexpected(wire::heci::Error::timedOut);
    Bytes answer = std::move(answers_.front());
    answers_.pop_front();
    wake();
    co_return answer;
  }

  void setDeadline(Clock::time_point deadline) override {
    until_ = deadline;
    deadline_.expires_at(deadline);
    deadline_.async_wait([weak = std::weak_ptr(alive_), this](auto error) {
      if (!error && weak.lock()) wake();
    });
  }

  void lose() {
    gone_ = true;
    wake();
  }
  void wake() { changed_.cancel(); }

 private:
  bool expired() const { return Clock::now() >= until_; }
  net::Task<void> change() { co_await changed_.async_wait(kUseTuple); }

  FakeDevice& device_;
  net::asio::steady_timer changed_;
  net::asio::steady_timer deadline_;
  Clock::time_point until_ = Clock::time_point::max();
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::deque<Bytes> answers_;
  bool connected_ = false;
  bool gone_ = false;
};

net::Task<net::Heci<std::unique_ptr<net::HeciFile>>> FakeDevice::open() {
  if (openError != wire::heci::Error::none) co_return std::unexpected(openError);
  co_return std::make_unique<File>(*this);
}

void FakeDevice::reset() {
  for (auto* file : files_) file->lose();
}

void FakeDevice::setReading(bool on) {
  reading = on;
  for (auto* file : files_) file->wake();
}

}  // namespace vme::devmei
