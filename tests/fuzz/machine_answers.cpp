// Any bytes as what a machine answers while the service point sets it up, over EOI or WS-Man, and comes back on an
// errand; the first byte chooses. A NUL ends a connection. Whatever the answers are, each request that goes out is HTTP
// with XML in it.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "servicepoint/eoi_setup.hpp"
#include "servicepoint/errand.hpp"
#include "servicepoint/wsman_setup.hpp"
#include "testing/memory_channel.hpp"

using namespace vme;
using namespace vme::servicepoint;

using Connections = std::vector<std::unique_ptr<net::Channel>>;

static net::Task<Attempt<std::unique_ptr<net::Channel>>> dial(ByteView& answers, Connections& machine,
                                                              net::asio::any_io_executor executor) {
  if (answers.empty()) co_return failed(Reason::connectFailed, "no answers are left");
  auto [client, server] = testing::makeMemoryPair(executor);
  const auto end = std::ranges::find(answers, 0);
  co_await server->write({answers.begin(), end});
  co_await server->close();
  answers = {end == answers.end() ? end : end + 1, answers.end()};
  machine.push_back(std::move(server));
  co_return std::move(client);
}

template <typename Setup>
static net::Task<bool> enter(Setup& setup, SetupContext& context) {
  co_await context.session.close();
  const auto version = co_await setup.readVersion();
  if (version) context.version = versionFrom(*version).value_or(FirmwareVersion{});
  co_return version.has_value();
}

template <typename Setup>
static net::Task<void> provision(SetupContext& context, Errand errand) {
  Setup setup(context);
  if (!co_await enter(setup, context) || !co_await setup.run()) co_return;
  co_await context.session.close();
  if (!co_await setup.verify() || !co_await enter(setup, context)) co_return;
  co_await carryOut(errand, context, {});
}

static net::Task<void> checkRequests(net::Channel& received) {
  net::HttpRequestReader reader(received, {.header = 1U << 20U, .body = 1U << 20U});
  for (auto read = co_await reader.next(); read; read = co_await reader.next()) {
    const auto* request = std::get_if<wire::http::Request>(&*read);
    pugi::xml_document document;
    if (!request || !wire::parseXml(request->body, document)) __builtin_trap();
  }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const auto kUuid = Uuid::parse("337AFB4F-3EB2-4698-ABA5-42AB51B8ED6A").value();  // of the seeds
  static const auto kIdentity = Authority({}).issue(kUuid, "vme.vme.test", {});
  static const Options kOptions{.seed = 1};
  static const std::optional kOtp(wire::sha1(asBytes("otp")));
  static const std::optional<wire::Sha1> kNoOtp;
  ByteView answers(data + 1, size - 1);
  net::asio::io_context io;
  Connections machine;
  HttpSession session([&] { return dial(answers, machine, io.get_executor()); }, "127.0.0.1:16993",
                      std::chrono::hours(1), "c0ffee");
  session.setPasswords({"admin", "P@ssw0rd"});
  std::vector<Step> steps;
  StepLog log(steps);
  PskStore pairs({});
  Progress progress{.secrets = {"Adm1n-password", "Mebx-passw0rd", "Help-passw0rd", {}},
                    .identity = kIdentity,
                    .hostName = hostNameOf(kUuid),
                    .fqdn = {},
                    .setupPassword = {}};
  const bool psk = (data[0] & 4U) != 0;
  const auto& otp = (data[0] & 2U) != 0 ? kOtp : kNoOtp;
  SetupContext context{kOptions, kUuid, psk, progress, pairs, session, log, otp};
  context.windowHeldAt = machineTime(kOptions);
  const auto run = (data[0] & 1U) != 0 ? provision<EoiSetup> : provision<WsmanSetup>;
  co_spawn(io, run(context, static_cast<Errand>(data[0] >> 4U & 3U)), net::asio::detached);
  io.run();
  for (auto& connection : machine) co_spawn(io, checkRequests(*connection), net::asio::detached);
  io.restart();
  io.run();
  return 0;
}
