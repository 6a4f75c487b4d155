#include "host/rng_seed_creator.hpp"

#include <fmt/format.h>

namespace vme::host {
namespace {

using wire::AmtStatus;
using wire::amthi::Command;

/// Of GetRNGSeedStatus.
enum class SeedStatus : std::uint32_t { exists = 0, inProgress = 1, missing = 2 };

net::Task<Attempt<SeedStatus>> seedStatus(AmthiClient& me) {
  const auto answer = co_await me.call(Command::getRngSeedStatus);
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status == AmtStatus::unsupported) co_return SeedStatus::exists;
  const auto number = wire::amthi::readNumber(answer->data);
  if (answer->status == AmtStatus::success && number) co_return static_cast<SeedStatus>(*number);
  co_return stop(Reason::heciFailed, statusText(Command::getRngSeedStatus, answer->status));
}

}  // namespace

net::Task<Attempt<bool>> hasRngSeed(AmthiClient& me) {
  const auto status = co_await seedStatus(me);
  if (!status) co_return std::unexpected(status.error());
  co_return *status == SeedStatus::exists;
}

net::Task<Attempt<RngSeed>> createRngSeed(Pc& pc, AmthiClient& me, RngSeedOptions options) {
  auto status = co_await seedStatus(me);
  if (!status) co_return std::unexpected(status.error());
  if (*status == SeedStatus::exists) co_return RngSeed::wasThere;
  const auto asked = co_await me.call(Command::generateRngSeed);
  if (!asked) co_return std::unexpected(asked.error());
  if (asked->status != AmtStatus::success && asked->status != AmtStatus::rngGenerationInProgress) {
    co_return stop(Reason::rngSeedMissing, statusText(Command::generateRngSeed, asked->status));
  }
  for (auto waited = MeDuration{}; waited < options.limit; waited = waited + options.poll) {
    me.close();
    co_await pc.wait(options.poll);
    status = co_await seedStatus(me);
    if (!status) co_return std::unexpected(status.error());
    if (*status == SeedStatus::exists) co_return RngSeed::made;
    if (*status == SeedStatus::missing) co_return stop(Reason::rngSeedMissing, "the ME gave up making its seed");
  }
  co_return stopForNow(Reason::rngSeedMissing, fmt::format("no seed after {} s", options.limit.ms / 1000));
}

}  // namespace vme::host
