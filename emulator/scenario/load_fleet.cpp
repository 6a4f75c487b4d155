#include "scenario/load_fleet.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/address_v4.hpp>

#include "base/error.hpp"

namespace vme::scenario {
namespace {

using profile::YamlCursor;

constexpr std::uint32_t kLoopback = 0x7F000000, kLoopbackLast = 0x7FFFFFFE;
constexpr std::uint32_t kFirstMulticast = 0xE0000000;
constexpr double kFastestHellos = 1e7;
constexpr std::string_view kSkipIdle = "skip-idle";

const Section& clockSection() {
  static const Section section{
      "clock", {{"speed", "how many times as fast as real time; default 1", {shape::above(0, kFastestClock)}, true}}};
  return section;
}

runtime::ClockOptions readClock(const YamlCursor& value) {
  runtime::ClockOptions clock;
  if (value.isScalar()) {
    if (value.text() != kSkipIdle) {
      value.fail(fmt::format("clock is \"{}\". write skip-idle, or {{speed: 60}}", value.text()));
    }
    clock.skipIdle = true;
    return clock;
  }
  const auto speed = value.at("speed");
  clock.speed = speed.decimal(0, kFastestClock);
  if (clock.speed <= 0) speed.fail("clock.speed is 0, which stops the fleet's clock. write a number above 0");
  finish(value, clockSection());
  return clock;
}

void readAddress(const YamlCursor& value, runtime::FleetOptions& fleet) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address_v4(value.text(), error);
  if (error) value.fail(fmt::format("address is \"{}\". write an IPv4 address, as 127.16.0.0", value.text()));
  fleet.addresses.base = address.to_uint();
  // Only loopback is kept from the network; other addresses are meant to be reached.
  if (!address.is_loopback()) fleet.exposure = net::Exposure::anywhere;
}

void readPorts(const YamlCursor& map, runtime::FleetOptions& fleet) {
  if (const auto port = map.find("http")) fleet.httpPort = static_cast<std::uint16_t>(port->number(1, 65535));
  if (const auto port = map.find("https")) fleet.httpsPort = static_cast<std::uint16_t>(port->number(1, 65535));
  finish(map, portsSection());
  if (fleet.httpPort == fleet.httpsPort) map.fail(fmt::format("both ports are {}. choose two", fleet.httpPort));
}

double readHelloRate(const YamlCursor& map) {
  constexpr double kDefault = 2000;
  const auto value = map.find("rate");
  const double rate = value ? value->decimal(0, kFastestHellos) : kDefault;
  if (rate <= 0) value->fail("hello.rate is 0, so that no hello would ever go out. write a number above 0");
  finish(map, helloSection());
  return rate;
}

}  // namespace

std::vector<Shape> clockShapes() {
  return {shape::word({std::string(kSkipIdle)}), shape::map(clockSection)};
}

const Section& portsSection() {
  static const Section section{"ports",
                               {{"http", "in place of 16992", {shape::integer(1, 65535)}},
                                {"https", "in place of 16993", {shape::integer(1, 65535)}}}};
  return section;
}

const Section& helloSection() {
  static const Section section{"hello",
                               {{"rate", "started a second at most; default 2000", {shape::above(0, kFastestHellos)}}}};
  return section;
}

void readFleet(const YamlCursor& root, Scenario& scenario) {
  if (const auto seed = root.find("seed")) scenario.seed = seed->number();
  if (const auto clock = root.find("clock")) scenario.clock = readClock(*clock);
  if (const auto address = root.find("address")) readAddress(*address, scenario.fleet);
  if (const auto ports = root.find("ports")) readPorts(*ports, scenario.fleet);
  if (const auto hello = root.find("hello")) scenario.fleet.helloRate = readHelloRate(*hello);
  if (const auto audit = root.find("audit")) scenario.audit = audit->boolean();
  if (const auto deadline = root.find("deadline")) {
    scenario.deadlineMs = deadline->durationMs();
    if (scenario.deadlineMs == 0) deadline->fail("deadline is 0. write a duration such as 5m, or leave it out");
  }
}

void checkAddresses(const Scenario& scenario, const std::string& place) {
  std::uint64_t machines = 0;
  for (const auto& spec : scenario.groups) machines += spec.group.machines;
  machines *= 1 + scenario.fleet.moves;
  const std::uint64_t base = scenario.fleet.addresses.base;
  const bool loopback = base >= kLoopback && base <= kLoopbackLast;
  const std::uint64_t end = loopback ? kLoopbackLast : base < kLoopback ? kLoopback - 1 : kFirstMulticast - 1;
  if (base + machines - 1 <= end && base < kFirstMulticast) return;
  const auto room = end >= base ? end - base + 1 : 0;
  throw ConfigError(
      place, fmt::format("from {} on there are {} addresses, but {} machines. choose a lower address or fewer "
                         "machines",
                         boost::asio::ip::address_v4(scenario.fleet.addresses.base).to_string(), room, machines));
}

}  // namespace vme::scenario
