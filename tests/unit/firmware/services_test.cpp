#include "firmware/services.hpp"

#include <gmock/gmock.h>

#include "machine/setup.hpp"
#include "machine/stores.hpp"
#include "net/pki.hpp"
#include "unit/firmware/client.hpp"

namespace vme::firmware {
namespace {

using ::testing::HasSubstr;
using testing::MachineBuilder;
using wire::http::Request;

std::string pageOf(const wire::http::Response& response) {
  return std::to_string(response.status) + (response.close ? " close" : "");
}

class Services : public ::testing::Test {
 protected:
  std::unique_ptr<testing::BuiltMachine> machine_ = MachineBuilder("amt-3.2.2").operational(kPassword).build();
  Client client_{*machine_};
};

TEST_F(Services, MethodsThatArePointless) {
  const auto get = client_.send({.method = "GET", .target = kSecurity.path, .headers = {}, .body = {}});
  EXPECT_EQ(pageOf(get), "405 close");
  EXPECT_EQ(get.header("Allow"), "POST");
  EXPECT_EQ(client_.send({.method = "GET", .target = "/wsman", .headers = {}, .body = {}}).status, 405U);
  const auto put = client_.send({.method = "PUT", .target = "/index.htm", .headers = {}, .body = {}});
  EXPECT_EQ(put.header("Allow"), "GET, HEAD, POST");
  EXPECT_EQ(client_.send({.method = "POST", .target = kSecurity.path, .headers = {}, .body = {}}).status, 411U);
}

TEST_F(Services, UnknownPathsAreNotFoundOnceLoggedIn) {
  EXPECT_EQ(client_.send({.method = "GET", .target = "/nothing.htm", .headers = {}, .body = {}}).status, 401U);
  const auto response = client_.get("/nothing.htm");
  EXPECT_EQ(pageOf(response), "404 close");
  EXPECT_THAT(response.body, HasSubstr("Page Not Found"));
  EXPECT_EQ(client_.post("/ipform", "x=1").status, 404U);
}

TEST_F(Services, WsmanIsThereWhereTheProfileHasIt) {
  EXPECT_NE(client_.post("/wsman", "<a/>").status, 404U);
  const auto old = MachineBuilder("amt-2.6.20").operational(kPassword).build();
  EXPECT_EQ(Client(*old).post("/wsman", "<a/>").status, 404U);
}

TEST_F(Services, RootLeadsToTheLogOnPage) {
  const auto response = client_.send({.method = "GET", .target = "/", .headers = {}, .body = {}});
  EXPECT_EQ(wire::http::serialize(response),
            "HTTP/1.1 303 See Other\r\nLocation: /logon.htm\r\nContent-Length: 0\r\n"
            "Server: Intel(R) Active Management Technology 3.2.2\r\n\r\n");
}

TEST_F(Services, PublicPagesAskForNothing) {
  for (const auto* path : {"/logon.htm", "/invalid.htm", "/styles.css", "/logo.gif"}) {
    EXPECT_EQ(client_.send({.method = "GET", .target = path, .headers = {}, .body = {}}).status, 200U) << path;
  }
  const auto logo = client_.send({.method = "GET", .target = "/logo.gif", .headers = {}, .body = {}});
  EXPECT_EQ(logo.header("Content-Type"), "image/gif");
  EXPECT_TRUE(logo.body.starts_with("GIF89a") && logo.body.ends_with(';'));
}

TEST_F(Services, IndexShowsWhatScannersLookFor) {
  const auto response = client_.get("/index.htm");
  ASSERT_EQ(response.status, 200U);
  for (const auto* text : {">Hardware Information", ">IP address", ">System<", ">Processor<", ">Memory<",
                           "firmware version: 3.2.2-build"}) {
    EXPECT_THAT(response.body, HasSubstr(text));
  }
  EXPECT_THAT(response.body, HasSubstr(">System ID<td class=r1>" + machine_->identity.uuid.text()));
  EXPECT_THAT(response.body, HasSubstr("127.16.0.0"));
  EXPECT_THAT(client_.get("/hw-sys.htm").body, HasSubstr(machine_->identity.serialText()));
}

TEST_F(Services, HeadIsGetWithoutABody) {
  const auto get = client_.send({.method = "GET", .target = "/logon.htm", .headers = {}, .body = {}});
  const auto head = client_.send({.method = "HEAD", .target = "/logon.htm", .headers = {}, .body = {}});
  EXPECT_TRUE(head.omitBody);
  EXPECT_EQ(wire::http::serialize(get), wire::http::serialize(head) + get.body);
}

TEST_F(Services, AWebUiThatIsOffAnswersNothingButNotFound) {
  auto me = machine_->me();
  machine::EnabledInterfaces interfaces;
  interfaces.webUi = false;
  machine::setInterfaces(me, interfaces);
  for (const auto* path : {"/", "/logon.htm", "/index.htm"}) {
    const auto response = client_.send({.method = "GET", .target = path, .headers = {}, .body = {}});
    EXPECT_EQ(response.status, 404U) << path;
    EXPECT_THAT(response.body, HasSubstr("is disabled on this computer"));
  }
  EXPECT_EQ(client_.call(kSecurity, "GetCoreVersion").status, 0U);
}

TEST(ServicesInSetup, OnlyTheManagementServicesAnswer) {
  const auto machine = MachineBuilder("amt-3.2.2").inSetupByPki().build();
  Client client(*machine, "admin", "admin");
  client.inSetup(TlsOffer::Kind::setupPki);
  EXPECT_EQ(client.send({.method = "GET", .target = "/logon.htm", .headers = {}, .body = {}}).status, 404U);
  EXPECT_EQ(client.send({.method = "GET", .target = "/index.htm", .headers = {}, .body = {}}).status, 404U);
  const Request bare{.method = "POST", .target = kSecurity.path, .headers = {{"Content-Length", "0"}}, .body = {}};
  EXPECT_EQ(client.send(bare).status, 401U);
  EXPECT_EQ(client.call(kSecurity, "GetCoreVersion").status, 0U);
}

TEST(ServicesInSetup, TheCertificateCountsAsLogInWhereTheProfileSaysSo) {
  const auto machine = MachineBuilder("amt-5.0")
                           .with([](profile::Profile& profile) { profile.prov.certIsAuth = true; })
                           .inSetupByPki()
                           .build();
  Client client(*machine, "nobody", "");
  client.inSetup(TlsOffer::Kind::setupPki);
  EXPECT_EQ(client.call(kSecurity, "GetCoreVersion").status, 0U);
  EXPECT_TRUE(client.effects.empty()) << "no challenge on the way";
}

TEST(ServicesInSetup, SessionsHoldTheHelloAndAreRecorded) {
  const auto machine = MachineBuilder("amt-3.2.2").inSetupByPsk().build();
  auto me = machine->me();
  const Session session{
      .port = machine::kHttpsPort, .tls = true, .setup = true, .kind = TlsOffer::Kind::psk, .peerIpv4 = 0x0A000001};
  ASSERT_TRUE(onConnected(me));
  onOpened(me, session);
  EXPECT_EQ(me.hot.setupSessions, 1U);
  EXPECT_EQ(me.hot.nextHello, MeTime::never());
  ASSERT_TRUE(me.nvram().setupRecord);
  EXPECT_FALSE(me.nvram().setupRecord->pki);
  EXPECT_EQ(me.nvram().setupRecord->serverIpv4, 0x0A000001U);
  onClosed(me, session, true);
  EXPECT_EQ(me.hot.setupSessions, 0U);
  EXPECT_EQ(me.hot.openConnections, 0U);
  EXPECT_NE(me.hot.nextHello, MeTime::never());
}

TEST_F(Services, ConnectionsAreLimitedByTheProfile) {
  auto me = machine_->me();
  for (unsigned i = 0; i < machine_->profile.api.httpMaxConn; ++i) EXPECT_TRUE(onConnected(me));
  EXPECT_FALSE(onConnected(me));
  onClosed(me, {}, true);
  EXPECT_TRUE(onConnected(me));
}

TEST_F(Services, AConnectionOfAnEarlierStateGetsNoAnswer) {
  Session setup{.port = machine::kHttpsPort, .tls = true, .setup = true, .kind = TlsOffer::Kind::psk};
  auto me = machine_->me();
  machine::Effects effects;
  const Request request{.method = "GET", .target = "/", .headers = {}, .body = {}};
  EXPECT_TRUE(std::holds_alternative<Never>(onRequest(me, setup, request, effects)));
  machine_->hot.closedUntil = machine_->now + MeDuration::seconds(5);
  EXPECT_TRUE(std::holds_alternative<Never>(onRequest(me, {}, request, effects)));
}

TEST_F(Services, LatencyFollowsTheProfile) {
  machine_->environment.timingScale = 1.0;
  machine_->profile.timing.jitterPct = 0;
  const auto soap = MeDuration::milliseconds(machine_->profile.timing.soapMs);
  client_.call(kNetwork, "GetHostName");
  EXPECT_EQ(client_.latency, soap);
  client_.call(kNetwork, "SetHostName", "<HostName>a</HostName>");
  EXPECT_EQ(client_.latency, soap + MeDuration::milliseconds(machine_->profile.timing.flashWriteMs));
}

TEST_F(Services, TheConnectionEndsWhenTheClientWantsIt) {
  EXPECT_TRUE(
      client_.send({.method = "GET", .target = "/logon.htm", .headers = {}, .body = {}, .keepAlive = false}).close);
  EXPECT_FALSE(client_.send({.method = "GET", .target = "/logon.htm", .headers = {}, .body = {}}).close);
}

TEST_F(Services, BytesThatAreNoRequest) {
  const auto me = machine_->me();
  EXPECT_EQ(pageOf(refuseBadRequest(me, Reason::malformedHttp)), "400 close");
  EXPECT_EQ(pageOf(refuseBadRequest(me, Reason::headerTooLarge)), "400 close");
  EXPECT_EQ(pageOf(refuseBadRequest(me, Reason::bodyTooLarge)), "413 close");
  const auto limits = httpLimits(machine_->profile);
  EXPECT_EQ(limits.body, machine_->profile.api.httpBodyMax);
  EXPECT_EQ(limits.header, machine_->profile.api.httpHeaderMax);
}

TEST(Alerts, EachReasonHasItsOwn) {
  EXPECT_EQ(alertFor(Reason::rootUnknown), 48U);
  EXPECT_EQ(alertFor(Reason::rootNotInChain), 48U);
  EXPECT_EQ(alertFor(Reason::rootInactive), 48U);
  EXPECT_EQ(alertFor(Reason::chainBroken), 42U);
  EXPECT_EQ(alertFor(Reason::ekuMissing), 46U);
  EXPECT_EQ(alertFor(Reason::oidOrOuMissing), 46U);
  EXPECT_EQ(alertFor(Reason::domainMismatch), 46U);
  EXPECT_EQ(alertFor(Reason::noDnsSuffix), 46U);
  EXPECT_EQ(alertFor(Reason::chainTooLarge), 40U);
  EXPECT_EQ(alertFor(Reason::keyTooLarge), 40U);
  EXPECT_EQ(alertFor(Reason::chainMissing), 40U);
  EXPECT_EQ(alertFor(Reason::certificateExpired), 45U);
}

/// A small hierarchy: root, intermediate, and a certificate of the intermediate.
class MutualTls : public ::testing::Test {
 protected:
  MutualTls() {
    root_ = issue("Root", rootKey_, {}, rootKey_, true);
    intermediate_ = issue("Intermediate", middleKey_, root_, rootKey_, true);
    leaf_ = issue("vme0001.vme.test", leafKey_, intermediate_, middleKey_, false);
  }

  static Bytes issue(std::string name, const net::PrivateKey& key, ByteView issuer, const net::PrivateKey& signer,
                     bool ca) {
    net::CertificateRequest request;
    request.commonName = std::move(name);
    request.ca = ca;
    request.serverAuth = !ca;
    request.notAfter = 2'000'000'000;
    return net::issueCertificate(request, key.der, issuer, signer.der);
  }

  void SetUp() override {
    auto me = machine_->me();
    std::uint32_t handle = 0, leaf = 0;
    using wire::AmtStatus;
    ASSERT_EQ(machine::addCertificate(me, root_, true, handle), AmtStatus::success);
    ASSERT_EQ(machine::addCertificate(me, intermediate_, false, handle), AmtStatus::success);
    ASSERT_EQ(machine::addKey(me, leafKey_.der, handle), AmtStatus::success);
    ASSERT_EQ(machine::addCertificate(me, leaf_, false, leaf), AmtStatus::success);
    ASSERT_EQ(machine::setTlsCertificate(me, leaf), AmtStatus::success);
    ASSERT_EQ(machine::setTlsOptions(me, {.enabled = true, .mutualAuthentication = true}, {}), AmtStatus::success);
    ASSERT_EQ(machine::setTrustedCn(me, {"vme.test"}), AmtStatus::success);
    machine::Effects effects;
    ASSERT_EQ(machine::commitChanges(me, effects), AmtStatus::success);
  }

  Reason judge(const wire::ChainFacts& chain) { return onPeer(machine_->me(), TlsOffer::Kind::operational, chain); }

  net::PrivateKey rootKey_ = net::makeRsaKey(1024), middleKey_ = net::makeRsaKey(1024),
                  leafKey_ = net::makeRsaKey(1024);
  Bytes root_, intermediate_, leaf_;
  std::unique_ptr<testing::BuiltMachine> machine_ = MachineBuilder("amt-3.2.2").operational(kPassword).build();
};

TEST_F(MutualTls, TheOfferHoldsTheChainWithoutItsRoot) {
  auto me = machine_->me();
  const auto offer = std::get<TlsOffer>(onOpen(me, machine::kHttpsPort));
  EXPECT_TRUE(offer.wantsClientCertificate);
  ASSERT_EQ(offer.chain.size(), 2U);
  EXPECT_EQ(*offer.chain[0], leaf_);
  EXPECT_EQ(*offer.chain[1], intermediate_);
  EXPECT_EQ(*offer.key, leafKey_.der);
}

TEST_F(MutualTls, TheClientNeedsATrustedRootAndAListedName) {
  EXPECT_EQ(judge({}), Reason::chainMissing);
  const auto good = wire::chainFacts({leaf_, intermediate_, root_});
  EXPECT_EQ(judge(good), Reason::none);
  EXPECT_EQ(judge(wire::chainFacts({leaf_, intermediate_})), Reason::rootNotInChain);
  EXPECT_EQ(judge(wire::chainFacts({leaf_, root_})), Reason::chainBroken);
  const auto other = net::makeRsaKey(1024);
  EXPECT_EQ(judge(wire::chainFacts({issue("a.vme.test", other, {}, other, true)})), Reason::rootUnknown);
  auto elsewhere = good;
  elsewhere.commonName = "console.evilvme.test";
  EXPECT_EQ(judge(elsewhere), Reason::domainMismatch) << "labels count whole";
  elsewhere.commonName = "Console.VME.test";
  EXPECT_EQ(judge(elsewhere), Reason::none);
}

}  // namespace
}  // namespace vme::firmware
