// One body over all profiles: what each firmware has, a whole set-up over PSK and over PKI, and what remains after
// it.

#include <gmock/gmock.h>

#include "machine/accounts.hpp"
#include "machine/setup.hpp"
#include "machine/stores.hpp"
#include "net/pki.hpp"
#include "unit/firmware/client.hpp"

namespace vme::firmware {
namespace {

using testing::MachineBuilder;
using wire::AmtStatus;

struct Identity {
  Bytes key;
  Bytes certificate;
};
/// Made once: an RSA key and its certificate, as a service point would issue them.
const Identity& serverIdentity() {
  static const Identity kIdentity = [] {
    const auto key = net::makeRsaKey(1024);
    net::CertificateRequest request;
    request.commonName = "vme0001.vme.test";
    request.serverAuth = true;
    request.notAfter = 2'000'000'000;
    return Identity{key.der, net::issueCertificate(request, key.der, {}, key.der)};
  }();
  return kIdentity;
}

std::string element(const std::string& name, const std::string& text) {
  return "<" + name + ">" + text + "</" + name + ">";
}

bool isBefore(const profile::Profile& profile, double level) {
  return std::stod(profile.api.eoiLevel) < level;
}

class EoiProfiles : public ::testing::TestWithParam<std::string> {
 protected:
  /// What a service point does between log-in and commit.
  void configure(Client& client, testing::BuiltMachine& machine) {
    const bool hasStore = !isBefore(machine.profile, 2.5);
    const auto realm = client.call(kSecurity, "GetDigestRealm").text("DigestRealm");
    const auto ha1 = toBase64(wire::digestHash("admin", realm, kPassword));
    if (!isBefore(machine.profile, 2.2)) {
      EXPECT_EQ(client.call(kSecurity, "SetMEBxPassword", element("Password", "N3w!Passw0rd")).status, 0U);
    }
    EXPECT_EQ(client.call(kNetwork, "SetHostName", element("HostName", "vme0001")).status, 0U);
    EXPECT_EQ(client.call(kNetwork, "SetDomainName", element("DomainName", "vme.test")).status, 0U);
    const auto seeded = client.call(kSecurity, "SetRngKey", element("RngKey", toBase64(Bytes(20, 7)))).status;
    EXPECT_TRUE(seeded == 0 || seeded == numberOf(AmtStatus::unsupported)) << seeded;
    const auto& [key, certificate] = serverIdentity();
    if (hasStore) {
      EXPECT_EQ(client.call(kSecurity, "CertStoreAddKey", element("KeyBlob", toBase64(key))).status, 0U);
      const auto added =
          client.call(kSecurity, "CertStoreAddCertificate", element("CertificateBlob", toBase64(certificate)));
      EXPECT_EQ(added.status, 0U);
      const auto handle = element("CertificateHandle", added.text("CertHandle"));
      EXPECT_EQ(client.call(kSecurity, "SetTLSCredentials", handle).status, 0U);
      EXPECT_EQ(client.call(kSecurity, "GetTLSCredentials").text("CertificateHandle"), added.text("CertHandle"));
    } else {
      EXPECT_EQ(client
                    .call(kSecurity, "SetTLSKeyAndCertificate",
                          element("Key", toBase64(key)) + element("CertificateChain", toBase64(certificate)))
                    .status,
                0U);
    }
    EXPECT_EQ(client
                  .call(kSecurity, "SetTLSOptions",
                        element("NetworkInterfaceTlsOptions",
                                element("Enabled", "true") + element("MutualAuthentication", "false")))
                  .status,
              0U);
    EXPECT_EQ(client
                  .call(kSecurity, "SetEnabledInterfaces",
                        element("EnabledInterfaces", "WebUI") + element("EnabledInterfaces", "SerialOverLan"))
                  .status,
              0U);
    EXPECT_EQ(client
                  .call(kSecurity, "SetAdminAclEntryEx",
                        element("EntryEx", element("Username", "admin") + element("DigestPassword", ha1)))
                  .status,
              0U);
  }

  /// After commit: over TLS with the installed certificate, by the new password, and the machine says so.
  void expectOperational(testing::BuiltMachine& machine) {
    auto me = machine.me();
    const auto decision = onOpen(me, machine::kHttpsPort);
    const auto* offer = std::get_if<TlsOffer>(&decision);
    ASSERT_TRUE(offer);
    EXPECT_EQ(offer->kind, TlsOffer::Kind::operational);
    EXPECT_EQ(*offer->key, serverIdentity().key);
    ASSERT_EQ(offer->chain.size(), 1U);
    EXPECT_EQ(*offer->chain[0], serverIdentity().certificate);
    EXPECT_FALSE(offer->wantsClientCertificate);
    EXPECT_TRUE(std::holds_alternative<Refuse>(onOpen(me, machine::kHttpPort)));

    Client client(machine);
    client.session = {.port = machine::kHttpsPort, .tls = true};
    EXPECT_EQ(client.call(kNetwork, "GetHostName").text("HostName"), "vme0001");
    EXPECT_EQ(client.call(kSecurity, "GetProvisioningMode").text("ProvisioningMode"), "1");
    EXPECT_EQ(client.call(kSecurity, "GetAdminAclEntryStatus").text("IsDefault"), "false");
    const auto interfaces = client.call(kSecurity, "GetEnabledInterfaces").body;
    EXPECT_THAT(interfaces, ::testing::HasSubstr(">SerialOverLan<"));
    EXPECT_THAT(interfaces, ::testing::Not(::testing::HasSubstr("IdeRedirection")));
    if (!isBefore(machine.profile, 2.2)) {
      EXPECT_EQ(client.call(kSecurity, "GetProvisioningState").text("ProvisioningState"), "2");
    }
    EXPECT_EQ(client.get("/index.htm").status, 200U);
  }

  MachineBuilder builder() { return MachineBuilder(GetParam()); }
};

TEST_P(EoiProfiles, SetUpByPsk) {
  const auto machine = builder().setupPassword("S3tup!Password").inSetupByPsk().build();
  Client client(*machine, "admin", "S3tup!Password");
  client.inSetup(TlsOffer::Kind::psk);
  auto me = machine->me();
  onOpened(me, client.session);
  EXPECT_EQ(client.call(kSecurity, "GetCoreVersion").text("Version"), machine->profile.identity.version);
  configure(client, *machine);
  Client renewed(*machine);  // the new admin password holds at once
  renewed.inSetup(TlsOffer::Kind::psk);
  const std::string pid = "ABCDEFGH", pps = "ABCDEFGHABCDEFGHABCDEFGHABCDEFGH";
  EXPECT_EQ(renewed.call(kSecurity, "SetTLSPSK", element("PID", toBase64(asBytes(pid))) + element("PPS", pps)).status,
            0U);
  EXPECT_EQ(machine->me().nvram().psk->pidText(), pid);
  EXPECT_EQ(machine->me().nvram().psk->ppsText(), pps);
  EXPECT_EQ(renewed.call(kSecurity, "CommitChanges").status, 0U);
  EXPECT_TRUE(std::ranges::any_of(renewed.effects, [](const machine::Effect& effect) {
    return std::holds_alternative<machine::RestartNetwork>(effect);
  }));
  expectOperational(*machine);
}

TEST_P(EoiProfiles, SetUpByPki) {
  if (!builder().build()->profile.prov.pki) {
    EXPECT_THROW(builder().inSetupByPki().build(), std::logic_error);
    return;
  }
  const auto inSetup = builder().otp("0123456789").inSetupByPki().build();
  Client client(*inSetup, "admin", "admin");
  client.inSetup(TlsOffer::Kind::setupPki);
  client.session.peerIpv4 = 0x7F000001;
  auto facts = std::make_shared<wire::ChainFacts>();
  facts->commonName = "provisionserver.vme.test";
  facts->notAfter = 2'000'000'000;
  client.session.chain = facts;
  auto me = inSetup->me();
  onOpened(me, client.session);
  EXPECT_EQ(client.call(kSecurity, "GetProvisioningServerOTP").text("OTP"), toBase64(asBytes("0123456789")));
  EXPECT_EQ(client.call(kSecurity, "GetProvisioningAuditRecord").status, numberOf(AmtStatus::notReady));
  EXPECT_EQ(client.call(kSecurity, "CommitChanges").status, numberOf(AmtStatus::dataMissing))
      << "default MEBx password";
  configure(client, *inSetup);
  Client renewed(*inSetup);
  renewed.inSetup(TlsOffer::Kind::setupPki);
  EXPECT_EQ(renewed.call(kSecurity, "CommitChanges").status, 0U);
  expectOperational(*inSetup);
  Client after(*inSetup);
  after.session = {.port = machine::kHttpsPort, .tls = true};
  const auto record = after.call(kSecurity, "GetProvisioningAuditRecord");
  EXPECT_EQ(record.text("ProvServerFQDN"), "provisionserver.vme.test");
  EXPECT_EQ(record.text("ProvServerIP"), "2130706433");
  EXPECT_EQ(record.text("IsTimeValid"), "true");
  EXPECT_EQ(after.call(kSecurity, "GetProvisioningServerOTP").status, numberOf(AmtStatus::invalidProvisioningState));
}

TEST_P(EoiProfiles, AnotherKeysCertificateIsRefusedAndLeavesNothing) {
  const auto machine = builder().operational(kPassword).build();
  Client client(*machine);
  client.call(kSecurity, "SetRngKey", element("RngKey", toBase64(Bytes(20, 7))));
  const auto other = net::makeRsaKey(1024);
  const auto refused = client.call(
      kSecurity, "SetTLSKeyAndCertificate",
      element("Key", toBase64(other.der)) + element("CertificateChain", toBase64(serverIdentity().certificate)));
  EXPECT_EQ(refused.status, numberOf(AmtStatus::certKeyNotMatch));
  EXPECT_TRUE(machine->me().nvram().keys.empty());
  EXPECT_TRUE(machine->me().nvram().certificates.empty());
}

TEST_P(EoiProfiles, OperationsComeWithTheirLevel) {
  const auto machine = builder().operational(kPassword).build();
  Client client(*machine);
  struct Row {
    const EoiTarget& target;
    const char* operation;
    double since;
  };
  for (const auto& [target, operation, since] :
       {Row{kSecurity, "GetCoreVersion", 1.0}, Row{kSecurity, "GetProvisioningPID", 2.2},
        Row{kSecurity, "CertStoreEnumerateCertificates", 2.5}, Row{kNetwork, "EnumerateInterfaces", 2.5},
        Row{kSecurity, "ExtendProvisioningPeriod", 3.0}, Row{kInfo, "GetFQDN", 2.0}}) {
    const auto answer = client.call(target, operation);
    EXPECT_EQ(answer.http, isBefore(machine->profile, since) ? 500U : 200U) << operation;
  }
  EXPECT_EQ(client.call(kSecurity, "GetUserAclEntry", element("Handle", "1")).http,
            machine->profile.api.eoiDeprecated ? 200U : 500U);
}

TEST_P(EoiProfiles, ServicesComeWithTheirLevelAndPlatform) {
  const auto machine = builder().operational(kPassword).build();
  Client client(*machine);
  const auto& profile = machine->profile;
  const auto expected = [](bool present) { return present ? 200U : 404U; };
  EXPECT_EQ(client.call(EoiTarget::of("AuditLog", "2008/01"), "ReadRecords").http, expected(profile.audit.supported));
  EXPECT_EQ(client.call(EoiTarget::of("WirelessConfiguration", "2006/01"), "EnumerateWirelessProfiles").http,
            expected(profile.net.wifi && !isBefore(profile, 2.5)));
  EXPECT_EQ(
      client.call(EoiTarget::of("UserAccessControl", "2008/01"), "EnumerateUserAclEntries", element("StartIndex", "1"))
          .http,
      expected(!isBefore(profile, 4.0)));
  EXPECT_EQ(client.call({"/AgentPresenceLocalService", "any"}, "AgentWatchdogRegister").http, 404U);
  EXPECT_EQ(client.call({"/NoSuchService", "any"}, "Anything").http, 404U);
}

TEST_P(EoiProfiles, ReadersAnswerOnAnOperationalMachine) {
  const auto machine = builder().hostName("vme0001", "vme.test").operational(kPassword).build();
  Client client(*machine);
  EXPECT_EQ(client.call(kSecurity, "GetCodeVersions").text("VersionsCount"), "10");
  EXPECT_EQ(client.call(kSecurity, "GetAdminAclEntry").text("Username"), "admin");
  EXPECT_EQ(client.call(kSecurity, "GetTLSOptions").status, 0U);
  EXPECT_EQ(client.call(kNetwork, "GetVlanParameters").text("Enabled"), "false");
  EXPECT_EQ(client.call(kNetwork, "GetPingResponse").text("Enabled"), "true");
  EXPECT_EQ(client.call(kInfo, "GetFQDN").text("FQDN"), "vme0001.vme.test");
  EXPECT_EQ(client.call(kInfo, "GetNetworkState").text("NetworkInterfaceEnabled"), "true");
  EXPECT_EQ(client.call(kInfo, "GetSecurityParameters").text("TLSEnabled"), "false");
  EXPECT_EQ(client.call(kInfo, "GetConfigServerInfo").status, numberOf(AmtStatus::notFound)) << "set up by hand";
  EXPECT_EQ(client.call(kRedirection, "GetIDERSessionLog").status, 0U);
  EXPECT_EQ(client.call(kEvents, "GetEventLogStatus").text("MaxNumberOfRecords"), "390");
}

TEST_P(EoiProfiles, UnprovisionLeadsBackToFactory) {
  const auto machine = builder().operational(kPassword).build();
  Client client(*machine);
  EXPECT_EQ(client.call(kSecurity, "Unprovision", element("ProvisioningMode", "4")).status,
            numberOf(AmtStatus::invalidParameter));
  EXPECT_EQ(client.call(kSecurity, "Unprovision", element("ProvisioningMode", "1")).status, 0U);
  EXPECT_EQ(machine->hot.state, machine::State::factory);
  // The MEBx password is not reset; it is all that is left.
  EXPECT_TRUE(machine::isMebxPassword(machine->me(), kPassword));
  machine->overlay->mebxPassword.reset();
  EXPECT_TRUE(machine::isAdminDefault(machine->me()));
  EXPECT_TRUE(machine->overlay->hostName.empty());
  EXPECT_TRUE(machine->overlay->acl.empty());
}

TEST_P(EoiProfiles, PortsByState) {
  const auto open = [](testing::BuiltMachine& machine, std::uint16_t port) {
    auto me = machine.me();
    return onOpen(me, port);
  };
  const auto factory = builder().build();
  EXPECT_TRUE(std::holds_alternative<Refuse>(open(*factory, machine::kHttpPort)));
  EXPECT_TRUE(std::holds_alternative<Refuse>(open(*factory, machine::kHttpsPort)));

  const auto psk = builder().inSetupByPsk().build();
  EXPECT_TRUE(std::holds_alternative<Refuse>(open(*psk, machine::kHttpPort)));
  const auto offer = std::get<TlsOffer>(open(*psk, machine::kHttpsPort));
  EXPECT_EQ(offer.kind, TlsOffer::Kind::psk);
  EXPECT_EQ(offer.pskIdentity, psk->identity.psk.pidText());
  EXPECT_EQ(offer.pskKey, psk->identity.psk.ppsText());
  EXPECT_EQ(offer.suites, std::vector<unsigned>{psk->profile.tls.suitePsk});
  psk->pass(MeDuration::hours(psk->profile.prov.helloWindowPskH));
  auto me = psk->me();
  machine::Effects effects;
  onTimer(me, effects);
  EXPECT_EQ(std::get<Refuse>(open(*psk, machine::kHttpsPort)).reason, Reason::windowClosed);

  const auto operational = builder().operational(kPassword).build();
  EXPECT_TRUE(std::holds_alternative<Plain>(open(*operational, machine::kHttpPort)));
  EXPECT_TRUE(std::holds_alternative<Refuse>(open(*operational, machine::kHttpsPort)));

  if (!factory->profile.prov.pki) return;
  const auto pki = builder().inSetupByPki().build();
  const auto certificate = std::get<TlsOffer>(open(*pki, machine::kHttpsPort));
  EXPECT_EQ(certificate.kind, TlsOffer::Kind::setupPki);
  EXPECT_EQ(certificate.selfSignedBits, pki->profile.prov.selfsignedBits);
  EXPECT_TRUE(certificate.wantsClientCertificate);
}

INSTANTIATE_TEST_SUITE_P(All, EoiProfiles, ::testing::ValuesIn(testing::profileNames()), [](const auto& row) {
  auto name = row.param;
  std::ranges::replace_if(name, [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
});

}  // namespace
}  // namespace vme::firmware
