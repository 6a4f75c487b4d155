// The firmware bugs that a profile names: each with and without, on the wire.

#include <gmock/gmock.h>

#include <chrono>

#include "machine/setup.hpp"
#include "machine/stores.hpp"
#include "net/pki.hpp"
#include "profile/check.hpp"
#include "unit/firmware/client.hpp"
#include "unit/firmware/wsman/wsman_machine.hpp"

namespace vme::firmware {
namespace {

using testing::MachineBuilder;
using wire::AmtStatus;

/// The same build with the quirk, and without.
std::function<void(profile::Profile&)> switched(std::string_view quirk, bool on) {
  return [quirk, on](profile::Profile& profile) {
    std::erase(profile.quirks, quirk);
    if (on) profile.quirks.emplace_back(quirk);
  };
}

class FirmwareQuirk : public ::testing::TestWithParam<bool> {
 protected:
  bool on() const { return GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(Without, FirmwareQuirk, ::testing::Values(false));
INSTANTIATE_TEST_SUITE_P(With, FirmwareQuirk, ::testing::Values(true));

TEST_P(FirmwareQuirk, partialNoCheckStrandsAMachineWithoutAWayBack) {
  const auto machine =
      MachineBuilder("amt-3.0").with(switched("partial_no_check", on())).operational(kPassword).build();
  machine->environment.zeroTouch = false;
  const auto answer = Client(*machine).call(kSecurity, "PartialUnprovision");
  if (!on()) {
    EXPECT_EQ(answer.status, numberOf(AmtStatus::notPermitted));
    EXPECT_EQ(machine->hot.state, machine::State::operational);
    return;
  }
  EXPECT_EQ(answer.status, 0U);
  auto me = machine->me();
  EXPECT_EQ(machine::heciNumber(me.hot.state), 1U);
  EXPECT_EQ(me.hot.wakeAt, MeTime::never());
  machine->pass(MeDuration::hours(1));
  const auto later = machine->me();
  EXPECT_EQ(machine::portState(later, machine::kHttpsPort), machine::PortState::closed);
}

TEST_P(FirmwareQuirk, hashHandleIsAnotherStatus) {
  const auto machine = MachineBuilder("amt-3.0").with(switched("hash_handle", on())).operational(kPassword).build();
  EXPECT_EQ(Client(*machine).call(kSecurity, "GetCertificateHashEntry", "<Handle>999</Handle>").status,
            numberOf(on() ? AmtStatus::invalidHandle : AmtStatus::notFound));
}

TEST_P(FirmwareQuirk, crlUrlsRefusesMoreThanThree) {
  const auto machine = MachineBuilder("amt-3.0").with(switched("crl_urls", on())).operational(kPassword).build();
  const auto crl = [](unsigned urls) {
    std::string text = "<Crl>";
    for (unsigned i = 0; i < urls; ++i) text += "<Url>http://crl.test/" + std::to_string(i) + "</Url>";
    return text + "<CrlBlob>" + toBase64(Bytes(20, 1)) + "</CrlBlob></Crl>";
  };
  Client client(*machine);
  EXPECT_EQ(client.call(kSecurity, "SetCRL", crl(3)).status, 0U);
  EXPECT_EQ(client.call(kSecurity, "SetCRL", crl(4)).status, on() ? numberOf(AmtStatus::maxLimitReached) : 0U);
}

TEST_P(FirmwareQuirk, certSurvivesAFailedAttempt) {
  const auto machine = MachineBuilder("amt-3.0").with(switched("cert_survives", on())).inSetupByPki().build();
  const auto key = net::makeRsaKey(1024);
  const auto certificate =
      net::issueCertificate({.commonName = "a.vme.test", .notAfter = 2'000'000'000}, key.der, {}, key.der);
  auto me = machine->me();
  std::uint32_t handle = 0;
  ASSERT_EQ(machine::addCertificate(me, certificate, false, handle), AmtStatus::success);
  Client client(*machine, "admin", "admin");
  client.inSetup(TlsOffer::Kind::setupPki);
  EXPECT_EQ(client.call(kSecurity, "SetTLSCredentials").status, on() ? numberOf(AmtStatus::notPermitted) : 0U);
}

TEST_P(FirmwareQuirk, atlAclFailsWithTheAtlClientAlone) {
  const auto machine = MachineBuilder("amt-3.0").with(switched("atl_acl", on())).operational(kPassword).build();
  Client client(*machine);
  const auto add = [&](const char* agent, const std::string& user) {
    const auto entry = "<EntryEx><Digest><Username>" + user + "</Username><DigestPassword>" + toBase64(Bytes(16, 1)) +
                       "</DigestPassword></Digest><AccessPermission>2</AccessPermission><Realms><Realm>8</Realm>"
                       "</Realms></EntryEx>";
    wire::http::Request request{.method = "POST", .target = kSecurity.path, .headers = {}, .body = {}};
    request.body = envelopeOf(operationOf(kSecurity, "AddUserAclEntryEx", entry));
    request.headers = {{"Content-Length", std::to_string(request.body.size())}, {"User-Agent", agent}};
    return client.ask(std::move(request)).status;
  };
  EXPECT_EQ(add("gSOAP/2.7", "one"), 200U);
  EXPECT_EQ(add("Microsoft-ATL-Native/8.00", "two"), on() ? 500U : 200U);
}

TEST_P(FirmwareQuirk, smallHttpRefusesLongHeadersAndManyNamespaces) {
  const auto machine = MachineBuilder("amt-3.0").with(switched("small_http", on())).operational(kPassword).build();
  EXPECT_EQ(httpLimits(machine->profile).header, on() ? 1024U : 8192U);
  std::string declarations;
  for (char c = 'a'; c < 'm'; ++c) declarations += std::string(" xmlns:") + c + "=\"urn:x\"";
  Client client(*machine);
  const auto body = "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"" + declarations +
                    "><soap:Body>" + operationOf(kSecurity, "GetCoreVersion", "") + "</soap:Body></soap:Envelope>";
  EXPECT_EQ(client.post(kSecurity.path, body).status, on() ? 400U : 200U);
}

TEST_P(FirmwareQuirk, auditInIsAnotherStatusOverWsman) {
  wsman::WsmanMachine machine("amt-3.0");
  machine.change(switched("audit_in", on()));
  machine.hot.state = machine::State::inSetup;
  const auto answer = machine.invoke("AMT_SetupAndConfigurationService", "GetProvisioningAuditRecord");
  EXPECT_EQ(answer.text("ReturnValue"), on() ? "1" : "2");
}

TEST_P(FirmwareQuirk, enumSelectorNamesAnotherFault) {
  wsman::WsmanMachine machine("amt-3.0");
  machine.change(switched("enum_selector", on()));
  const auto action = std::string(wsman::uri::kEnumeration) + "/Enumerate";
  const std::string body = R"(<n:Enumerate xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration"/>)";
  const auto answer = machine.post(wsman::WsmanMachine::envelope(action, "AMT_GeneralSettings", body,
                                                                 wsman::WsmanMachine::selectors("Nothing", "x")));
  EXPECT_EQ(answer.fault(), on() ? "b:DestinationUnreachable" : "c:CannotProcessFilter");
}

TEST_P(FirmwareQuirk, eprSelectorIsRefused) {
  wsman::WsmanMachine machine("amt-3.0");
  machine.change(switched("epr_selector", on()));
  const auto context = machine.all("AMT_TLSCredentialContext");
  const auto nested = "<a:EndpointReference>" +
                      wsman::WsmanMachine::reference("AMT_PublicKeyCertificate", "InstanceID", "x") +
                      "</a:EndpointReference>";
  const auto answer =
      machine.get("AMT_TLSCredentialContext", wsman::WsmanMachine::selectors("ElementInContext", nested));
  EXPECT_EQ(answer.fault(), on() ? "b:DestinationUnreachable" : "e:InvalidSelectors");
}

TEST_P(FirmwareQuirk, noBiosSetupIsToldByTheCapabilities) {
  const auto machine = MachineBuilder("amt-3.2.2").with(switched("no_bios_setup", on())).operational(kPassword).build();
  Client client(*machine);
  const auto capabilities = client.call(kRemoteControl, "GetRemoteControlCapabilities");
  EXPECT_THAT(capabilities.body, ::testing::HasSubstr(on() ? "<s0:OemDefinedCapabilities>23<" : "Capabilities>31<"));
  const auto reset = [](const char* parameter) {
    return std::string("<Command>16</Command><IanaOemNumber>343</IanaOemNumber><SpecialCommand>193</SpecialCommand>") +
           "<SpecialCommandParameter>" + parameter + "</SpecialCommandParameter>";
  };
  EXPECT_EQ(client.call(kRemoteControl, "RemoteControl", reset("8")).status,
            on() ? numberOf(AmtStatus::notPermitted) : 0U);
  EXPECT_EQ(client.call(kRemoteControl, "RemoteControl", reset("1")).status, 0U);
}

TEST(FirmwareQuirks, eachOfTheListHasItsBuildsOrNone) {
  const auto profile = wsman::WsmanMachine::profiles().find("amt-3.0");
  for (const auto quirk : profile::allQuirks()) {
    const bool isOfNoBuild = quirk == "small_http" || quirk == "no_bios_setup";
    EXPECT_EQ(profile::hasQuirk(*profile, quirk), !isOfNoBuild) << quirk;
  }
}

}  // namespace
}  // namespace vme::firmware
