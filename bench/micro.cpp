// What one step costs: codecs, digest, and whole requests through firmware without a socket; and the bytes of a
// machine.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include "firmware/services.hpp"
#include "fleet/plan.hpp"
#include "machine/accounts.hpp"
#include "machine/setup.hpp"
#include "machine/stores.hpp"
#include "net/pki.hpp"
#include "testing/machine_builder.hpp"
#include "wire/hello.hpp"
#include "wire/http_digest.hpp"

namespace vme {
namespace {

constexpr std::string_view kPassword = "P@ssw0rd";

wire::Hello pkiHello() {
  wire::Hello hello;
  hello.uuid = fleet::identityOf(1, 0, 0).uuid;
  hello.credentials = std::vector<wire::RootHash>(6, {wire::HashAlgorithm::sha1, Bytes(20, 7)});
  return hello;
}

void helloEncode(benchmark::State& state) {
  const auto hello = pkiHello();
  for (auto _ : state) benchmark::DoNotOptimize(wire::encode(hello));
}
BENCHMARK(helloEncode);

void helloParse(benchmark::State& state) {
  const auto bytes = wire::encode(pkiHello());
  for (auto _ : state) benchmark::DoNotOptimize(wire::parseHello(bytes));
}
BENCHMARK(helloParse);

void identity(benchmark::State& state) {
  std::uint64_t index = 0;
  for (auto _ : state) benchmark::DoNotOptimize(fleet::identityOf(1, index++, 0));
}
BENCHMARK(identity);

/// The right Authorization for a request, by way of the machine's own challenge.
std::string authorize(machine::Me& me, const wire::http::Request& request, const firmware::Session& session) {
  machine::Effects effects;
  const auto outcome = firmware::onRequest(me, session, request, effects);
  const auto& reply = std::get<firmware::Reply>(outcome);
  const auto challenge = wire::parseDigestChallenge(reply.response.header("WWW-Authenticate"));
  return wire::answerChallenge(*challenge, "admin", kPassword, request.method, request.target, 1, "0a4f113b");
}

void digestCheck(benchmark::State& state) {
  const wire::DigestChallenge challenge{.realm = "Digest:48A70000000000000000000000000000",
                                        .nonce = "+S5HDg4iAACIkRUMJoai5Xyxlc9qWHgc",
                                        .qop = "auth",
                                        .opaque = {},
                                        .stale = false};
  const auto header = wire::answerChallenge(challenge, "admin", kPassword, "POST", "/wsman", 1, "0a4f113b");
  const auto ha1 = wire::digestHash("admin", challenge.realm, kPassword);
  for (auto _ : state) {
    const auto authorization = wire::parseDigestAuthorization(header);
    benchmark::DoNotOptimize(wire::digestMatches(*authorization, "POST", ha1));
  }
}
BENCHMARK(digestCheck);

void wholeRequest(benchmark::State& state, const char* target, std::string body) {
  const auto built = testing::MachineBuilder("amt-5.2").hostName("vme0001").operational(std::string(kPassword)).build();
  auto me = built->me();
  wire::http::Request request;
  request.method = "POST";
  request.target = target;
  request.body = std::move(body);
  request.headers = {{"Content-Length", std::to_string(request.body.size())}};
  const firmware::Session session;
  request.headers.push_back({"Authorization", authorize(me, request, session)});
  std::size_t answered = 0;
  for (auto _ : state) {
    machine::Effects effects;
    auto outcome = firmware::onRequest(me, session, request, effects);
    auto& reply = std::get<firmware::Reply>(outcome);
    if (reply.response.status != 200) state.SkipWithError("the request is refused");
    answered = wire::http::serialize(reply.response).size();
  }
  state.counters["answer_bytes"] = static_cast<double>(answered);
}
BENCHMARK_CAPTURE(wholeRequest, eoiGetCoreVersion, "/SecurityAdministrationService",
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soap:Envelope "
                  "xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><GetCoreVersion "
                  "xmlns=\"http://schemas.intel.com/platform/client/SecurityAdministration/2004/01\"/></soap:Body>"
                  "</soap:Envelope>");
BENCHMARK_CAPTURE(
    wholeRequest, wsmanGetGeneralSettings, "/wsman",
    "<?xml version=\"1.0\" encoding=\"utf-8\"?><Envelope xmlns=\"http://www.w3.org/2003/05/soap-envelope\" "
    "xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" "
    "xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><Header><a:Action>"
    "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action><a:To>/wsman</a:To><w:ResourceURI>"
    "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings</w:ResourceURI><a:MessageID>7</a:MessageID>"
    "<a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>"
    "</Header><Body/></Envelope>");

/// Bytes on the heap for each of many machines, given what makes one.
template <typename Make>
double heapBytes(std::size_t machines, Make&& make) {
  std::vector<std::unique_ptr<machine::Nvram>> overlays(machines);
  const auto before = mallinfo2().uordblks;
  for (std::size_t i = 0; i < machines; ++i) make(i, overlays[i]);
  const auto after = mallinfo2().uordblks;
  return static_cast<double>(after - before) / static_cast<double>(machines);
}

// Beside the heap, a machine has its hot record, the pointer to its overlay, what the runtime remembers of it (8 bytes)
// and one entry in the queue of deadlines (16 bytes).
constexpr double kFixedBytes = sizeof(machine::HotRecord) + sizeof(void*) + 8 + 16;

void bytesFactoryMachine(benchmark::State& state) {
  double bytes = 0;
  for (auto _ : state) {
    bytes = kFixedBytes + heapBytes(1000, [](std::size_t index, std::unique_ptr<machine::Nvram>& overlay) {
              auto built = testing::MachineBuilder("amt-5.2").seed(1, index).inSetupByPki().build();
              overlay = std::move(built->overlay);
            });
  }
  state.counters["bytes"] = bytes;
  state.counters["aim"] = 128;
}
BENCHMARK(bytesFactoryMachine)->Iterations(1);

void bytesProvisionedMachine(benchmark::State& state) {
  const auto keys = net::keyPool(2048, 8);
  const auto authority = net::issueCertificate({.commonName = "bench CA", .ca = true, .notAfter = 4000000000},
                                               keys[0].der, {}, keys[0].der);
  double bytes = 0;
  for (auto _ : state) {
    bytes = kFixedBytes + heapBytes(200, [&](std::size_t index, std::unique_ptr<machine::Nvram>& overlay) {
              auto built =
                  testing::MachineBuilder("amt-5.2").seed(1, index).operational(std::string(kPassword)).build();
              auto me = built->me();
              const auto& key = keys[index % keys.size()];
              const auto name = "vme-" + std::to_string(index) + ".corp.example";
              auto certificate = net::issueCertificate(
                  {.commonName = name, .dnsNames = {name}, .serverAuth = true, .notAfter = 4000000000}, key.der,
                  authority, keys[0].der);
              std::uint32_t handle = 0;
              machine::Effects effects;
              machine::addKey(me, key.der, handle);
              machine::addCertificate(me, std::move(certificate), false, handle);
              machine::setTlsCertificate(me, handle);
              machine::setTlsOptions(me, {.enabled = true}, {});
              machine::addUser(me, {.user = "helpdesk", .realms = wire::RealmSet::of({wire::Realm::remoteControl})},
                               handle);
              machine::commitChanges(me, effects);
              overlay = std::move(built->overlay);
            });
  }
  state.counters["bytes"] = bytes;
  state.counters["aim"] = 4096;
}
BENCHMARK(bytesProvisionedMachine)->Iterations(1);

}  // namespace
}  // namespace vme

BENCHMARK_MAIN();
