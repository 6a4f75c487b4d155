// The whole set-up over WS-Man (provisioning.md 6.3), and what each step leaves in the machine.

#include "machine/network.hpp"
#include "machine/stores.hpp"
#include "unit/firmware/wsman/wsman_credentials.hpp"
#include "unit/firmware/wsman/wsman_machine.hpp"

namespace vme::firmware::wsman {
namespace {

constexpr std::string_view kSetup = "AMT_SetupAndConfigurationService";
constexpr std::string_view kAuthorization = "AMT_AuthorizationService";
constexpr std::string_view kKeys = "AMT_PublicKeyManagementService";

std::string parameter(std::string_view name, std::string_view text) {
  std::string out("<r:");
  return out.append(name).append(">").append(text).append("</r:").append(name).append(">");
}

std::string credentialContext(std::string_view certificate, std::string_view collection) {
  return parameter("ElementInContext", WsmanMachine::reference("AMT_PublicKeyCertificate", "InstanceID", certificate)) +
         parameter("ElementProvidingContext",
                   WsmanMachine::reference("AMT_TLSProtocolEndpointCollection", "ElementName", collection));
}

constexpr std::string_view kCertificateId = "Intel(r) AMT Certificate: Handle: 2";

struct InSetup : ::testing::Test {
  InSetup() {
    machine.hot.state = machine::State::inSetup;
    machine.hot.method = machine::SetupMethod::pki;
    machine.environment().otp = "one-time-secret";
  }

  std::string digest(std::string_view user, std::string_view password) {
    auto view = machine.me();
    return toBase64(wire::digestHash(user, machine::digestRealm(view), password));
  }
  std::string returned(std::string_view className, std::string_view method, std::string_view parameters = {}) {
    const auto answer = machine.invoke(className, method, parameters);
    EXPECT_EQ(answer.fault(), "") << method;
    return answer.text("ReturnValue");
  }
  void installCredential() {
    ASSERT_EQ(returned(kKeys, "AddKey", parameter("KeyBlob", kPrivateKey)), "0");
    const auto added = machine.invoke(kKeys, "AddCertificate", parameter("CertificateBlob", kCertificate));
    ASSERT_EQ(added.text("ReturnValue"), "0");
    EXPECT_THAT(added.http.body, ::testing::HasSubstr(kCertificateId));
  }

  WsmanMachine machine;
};

TEST_F(InSetup, WholeSequenceMakesItOperational) {
  EXPECT_EQ(machine.get(kSetup).text("ProvisioningState"), "1");
  EXPECT_EQ(machine.get(kSetup).text("ProvisioningServerOTP"), toBase64(asBytes("one-time-secret")));
  EXPECT_EQ(machine.get("CIM_ComputerSystemPackage").text("PlatformGUID"),
            "4C4C454400315110"
            "8032B4C04F4B4D31");
  EXPECT_EQ(returned(kSetup, "ExtendProvisioningPeriod", parameter("Duration", "6")), "0");
  EXPECT_EQ(returned("AMT_TimeSynchronizationService", "SetHighAccuracyTimeSynch",
                     parameter("Ta0", "1700000000") + parameter("Tm1", "1700000100") + parameter("Tm2", "1700000100")),
            "0");
  EXPECT_EQ(machine.invoke("AMT_TimeSynchronizationService", "GetLowAccuracyTimeSynch").text("Ta0"), "1700000100");
  EXPECT_EQ(machine.put("AMT_GeneralSettings", parameter("HostName", "me-0001") + parameter("DomainName", "vme.test"))
                .fault(),
            "");
  EXPECT_EQ(machine.overlay->hostName, "me-0001");
  EXPECT_EQ(returned(kSetup, "SetMEBxPassword", parameter("Password", "P@ssw0rd1")), "0");
  EXPECT_EQ(returned(kAuthorization, "SetAdminAclEntryEx",
                     parameter("Username", "admin") + parameter("DigestPassword", digest("admin", "N3w-Admin!"))),
            "0");
  installCredential();
  EXPECT_EQ(machine
                .create("AMT_TLSCredentialContext",
                        credentialContext(kCertificateId, "TLSProtocolEndpointInstances Collection"))
                .fault(),
            "");
  EXPECT_EQ(machine
                .put("AMT_TLSSettingData",
                     parameter("Enabled", "true") + parameter("MutualAuthentication", "false") +
                         parameter("AcceptNonSecureConnections", "true"),
                     WsmanMachine::selectors("InstanceID", "Intel(r) AMT 802.3 TLS Settings"))
                .text("Enabled"),
            "true");
  EXPECT_FALSE(machine.overlay->tls.network.enabled) << "staged until commit";
  EXPECT_EQ(
      returned(kAuthorization, "AddUserAclEntryEx",
               parameter("DigestUsername", "helpdesk") + parameter("DigestPassword", digest("helpdesk", "H3lp-Desk!")) +
                   parameter("AccessPermission", "1") + parameter("Realms", "5") + parameter("Realms", "13")),
      "0");
  EXPECT_EQ(returned(kSetup, "CommitChanges"), "0");
  EXPECT_EQ(machine.hot.state, machine::State::operational);
  EXPECT_TRUE(machine.overlay->tls.network.enabled);
  EXPECT_TRUE(machine.overlay->tls.network.acceptNonSecure);
  EXPECT_EQ(machine.get(kSetup).text("ProvisioningState"), "2");
  auto view = machine.me();
  EXPECT_EQ(machine::findLogin(view, "admin")->ha1,
            wire::digestHash("admin", machine::digestRealm(view), "N3w-Admin!"));
  EXPECT_TRUE(std::ranges::any_of(machine.effects, [](const machine::Effect& effect) {
    return std::holds_alternative<machine::RestartNetwork>(effect);
  }));
}

TEST_F(InSetup, CommitWithTheDefaultMebxPasswordIsRefused) {
  EXPECT_EQ(returned(kSetup, "CommitChanges"), "2057");
  EXPECT_EQ(machine.hot.state, machine::State::inSetup);
}

TEST_F(InSetup, WeakMebxPasswordIsRefused) {
  EXPECT_EQ(returned(kSetup, "SetMEBxPassword", parameter("Password", "weak")), "2054");
  EXPECT_FALSE(machine.hot.mebxChanged);
}

TEST_F(InSetup, HexDigestOfNewerServersIsRefused) {
  EXPECT_EQ(returned(kAuthorization, "SetAdminAclEntryEx",
                     parameter("Username", "admin") + parameter("DigestPassword", "0123456789abcdef0123456789abcdef")),
            "36");
  EXPECT_EQ(machine.overlay, nullptr);
}

TEST_F(InSetup, ExtendByZeroClosesTheWindow) {
  EXPECT_EQ(returned(kSetup, "ExtendProvisioningPeriod", parameter("Duration", "0")), "0");
  EXPECT_EQ(machine.hot.state, machine::State::quiet);
}

TEST_F(InSetup, PskPairIsTakenInBase64) {
  EXPECT_EQ(returned(kSetup, "SetTLSPSK",
                     parameter("PID", toBase64(asBytes("ABCDEFGH"))) +
                         parameter("PPS", toBase64(asBytes("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345")))),
            "0");
  EXPECT_EQ(machine.overlay->psk->pidText(), "ABCDEFGH");
  EXPECT_EQ(returned(kSetup, "SetTLSPSK", parameter("PID", "AAAA") + parameter("PPS", "AAAA")), "42");
}

TEST_F(InSetup, OtpIsSetByPutAndShownInSetUpOnly) {
  const auto otp = toBase64(asBytes("another-secret"));
  EXPECT_EQ(machine.put(kSetup, parameter("ProvisioningServerOTP", otp)).text("ProvisioningServerOTP"), otp);
  machine.hot.state = machine::State::operational;
  EXPECT_EQ(machine.get(kSetup).text("ProvisioningServerOTP"), toBase64(Bytes(32)));
}

TEST_F(InSetup, ASecondCredentialContextExistsAlready) {
  installCredential();
  const auto body = credentialContext(kCertificateId, "TLSProtocolEndpoint Instances Collection");
  EXPECT_EQ(machine.create("AMT_TLSCredentialContext", body).fault(), "");
  EXPECT_EQ(machine.create("AMT_TLSCredentialContext", body).fault(), "e:AlreadyExists");
  EXPECT_EQ(machine.put("AMT_TLSCredentialContext", body).fault(), "");
  EXPECT_EQ(machine.remove("AMT_PublicKeyCertificate", WsmanMachine::selectors("InstanceID", kCertificateId)).fault(),
            "e:InternalError");
  EXPECT_EQ(machine.remove("AMT_TLSCredentialContext").fault(), "");
  EXPECT_EQ(machine.overlay->pendingTls->certificate, 0U);
  EXPECT_EQ(machine.remove("AMT_PublicKeyCertificate", WsmanMachine::selectors("InstanceID", kCertificateId)).fault(),
            "");
  EXPECT_TRUE(machine.overlay->certificates.empty());
}

TEST_F(InSetup, CreatedCredentialContextIsNamedByItsReferences) {
  installCredential();
  const auto answer = machine.create("AMT_TLSCredentialContext",
                                     credentialContext(kCertificateId, "TLSProtocolEndpointInstances Collection"));
  EXPECT_THAT(answer.http.body,
              ::testing::HasSubstr("<a:Body><g:ResourceCreated><b:Address>http://schemas.xmlsoap.org/ws/2004/08/"
                                   "addressing/role/anonymous</b:Address><b:ReferenceParameters><c:ResourceURI>"
                                   "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_TLSCredentialContext</c:ResourceURI>"
                                   "<c:SelectorSet><c:Selector Name=\"ElementInContext\"><b:EndpointReference>"));
}

TEST_F(InSetup, CredentialContextOfAnUnknownCertificateFailsInside) {
  const auto answer = machine.create(
      "AMT_TLSCredentialContext",
      credentialContext("Intel(r) AMT Certificate: Handle: 9", "TLSProtocolEndpointInstances Collection"));
  EXPECT_EQ(answer.fault(), "e:InternalError");
  EXPECT_EQ(machine.create("AMT_TLSCredentialContext", credentialContext("nonsense", "x")).fault(),
            "d:InvalidRepresentation");
}

TEST_F(InSetup, StoredKeyShowsItsPublicHalfOnly) {
  installCredential();
  EXPECT_EQ(machine.get("AMT_PublicPrivateKeyPair").text("DERKey"), kPublicKey);
  EXPECT_EQ(machine.get("AMT_PublicKeyCertificate").text("Subject"), "C=US,O=Example,CN=me-0001.vme.test");
  EXPECT_EQ(machine.get("AMT_PublicKeyCertificate").text("X509Certificate"), kCertificate);
}

TEST_F(InSetup, Pkcs8KeyShowsTheSamePublicHalf) {
  ASSERT_EQ(returned(kKeys, "AddKey", parameter("KeyBlob", kPrivateKeyPkcs8)), "0");
  EXPECT_EQ(machine.get("AMT_PublicPrivateKeyPair").text("DERKey"), kPublicKey);
}

TEST_F(InSetup, BlobsThatAreNoKeyOrCertificate) {
  EXPECT_EQ(returned(kKeys, "AddKey", parameter("KeyBlob", "AAAA")), "2062");
  EXPECT_EQ(returned(kKeys, "AddTrustedRootCertificate", parameter("CertificateBlob", "AAAA")), "2063");
  EXPECT_EQ(machine.invoke(kKeys, "AddKey", parameter("KeyBlob", "no base64!")).fault(), "e:InvalidParameter");
}

TEST_F(InSetup, StoresTellsOfFlashWrites) {
  EXPECT_TRUE(machine.put("AMT_GeneralSettings", parameter("HostName", "me-0002")).stores);
  EXPECT_FALSE(machine.put("AMT_GeneralSettings", parameter("HostName", "me-0002")).stores);
  EXPECT_FALSE(machine.get("AMT_GeneralSettings").stores);
}

TEST_F(InSetup, UnprovisionEmptiesTheMachine) {
  machine.hot.state = machine::State::operational;
  installCredential();
  EXPECT_EQ(returned(kSetup, "Unprovision", parameter("ProvisioningMode", "1")), "0");
  EXPECT_EQ(machine.hot.state, machine::State::factory);
  EXPECT_EQ(machine.overlay, nullptr);
}

TEST_F(InSetup, AuditRecordTellsHowSetUpWent) {
  EXPECT_EQ(returned(kSetup, "GetProvisioningAuditRecord"), "2");
  machine.hot.state = machine::State::operational;
  machine.overlay = std::make_unique<machine::Nvram>();
  machine.overlay->setupRecord = machine::SetupRecord{
      .pki = true, .rootSha1 = {}, .serverName = "sp.vme.test", .serverIpv4 = 0x0A000001, .time = 1'643'624'584};
  const auto answer = machine.invoke(kSetup, "GetProvisioningAuditRecord");
  EXPECT_EQ(answer.text("ProvServerFQDN"), "sp.vme.test");
  EXPECT_EQ(answer.text("ProvServerIP"), "10.0.0.1");
  EXPECT_THAT(answer.http.body,
              ::testing::HasSubstr("<g:TlsStartTime><h:Datetime>2022-01-31T10:23:04Z</h:Datetime></g:TlsStartTime>"));
}

TEST_F(InSetup, RootHashesAreCreatedSwitchedAndDeleted) {
  const auto hash = toBase64(Bytes(20, 0x22));
  const auto body = parameter("Description", "Lab root") + parameter("HashData", hash) + parameter("HashType", "1");
  EXPECT_EQ(machine.create("AMT_ProvisioningCertificateHash", body).fault(), "");
  EXPECT_EQ(machine.create("AMT_ProvisioningCertificateHash", body).fault(), "e:AlreadyExists");
  const auto custom = WsmanMachine::selectors("InstanceID", "Intel(r) AMT: Provisioning Certificate Hash 2");
  EXPECT_EQ(machine.get("AMT_ProvisioningCertificateHash", custom).text("IsDefault"), "false");
  EXPECT_EQ(machine.put("AMT_ProvisioningCertificateHash", parameter("Enabled", "false"), custom).text("Enabled"),
            "false");
  EXPECT_EQ(machine.remove("AMT_ProvisioningCertificateHash", custom).fault(), "");
  EXPECT_EQ(machine.get("AMT_ProvisioningCertificateHash", custom).fault(), "e:InvalidSelectors");
  const auto factory = WsmanMachine::selectors("InstanceID", "Intel(r) AMT: Provisioning Certificate Hash 1");
  EXPECT_EQ(machine.remove("AMT_ProvisioningCertificateHash", factory).fault(), "e:InternalError");
}

}  // namespace
}  // namespace vme::firmware::wsman
