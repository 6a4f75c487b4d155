#include "machine/image.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "machine/setup.hpp"
#include "testing/machine_builder.hpp"

namespace vme::machine {
namespace {

std::shared_ptr<const Bytes> shared(Bytes bytes) {
  return std::make_shared<const Bytes>(std::move(bytes));
}

HotRecord fullHot() {
  HotRecord hot;
  hot.state = State::inSetup;
  hot.method = SetupMethod::pki;
  hot.mode = ProvisioningMode::remoteConnectivity;
  hot.windowEnds = MeTime{123456789};
  hot.flashLockedUntil = MeTime{0x1122334455667788};
  hot.clockOffsetS = -3600;
  hot.flashWrites = 0xBEEF;
  hot.pskPreset = hot.adminPreset = hot.mebxChanged = hot.windowUsed = hot.rngSeeded = true;
  hot.clockSet = false;
  return hot;
}

/// Every field with a value that is not its default, so that one that was left out is seen.
Nvram fullNvram() {
  Nvram nvram;
  nvram.hostName = "desk-17";
  nvram.domainName = "corp.example";
  nvram.pingResponse = false;
  nvram.wired = {.dhcp = false, .sharedMac = false, .linkPolicy = 255, .fixed = Ipv4Settings{1, 2, 3, 4, 5}};
  nvram.interfaces = {.webUi = false, .serialOverLan = false, .ideRedirection = false, .redirectionListener = true};
  nvram.admin = AdminAccount{"boss", {1, 2, 3}};
  nvram.mebxPassword = wire::Md5{4, 5, 6};
  nvram.acl = {{.handle = 3,
                .user = "helpdesk",
                .ha1 = {4, 5},
                .kerberosSid = {},
                .access = AccessPermission::network,
                .realms = wire::RealmSet::of({wire::Realm::remoteControl}),
                .enabled = false},
               {.handle = 4, .user = {}, .ha1 = {}, .kerberosSid = {1, 5, 0}}};
  nvram.nextAclHandle = 5;
  nvram.kerberos =
      KerberosOptions{.realmName = "CORP", .keyVersion = 2, .maxClockToleranceMin = 7, .masterKey = {9, 8, 7}};
  nvram.psk = wire::drawPskPair(Draw(1, 2));
  nvram.otp = Bytes{'o', 't', 'p'};
  nvram.zeroTouch = false;
  nvram.roots = std::vector<RootEntry>{{.handle = 1,
                                        .name = "root",
                                        .hash = {wire::HashAlgorithm::sha1, Bytes(20, 0xAB)},
                                        .factory = false,
                                        .active = false}};
  nvram.pkiSuffix = "pki.example";
  nvram.certificates = {{.handle = 1, .trustedRoot = true, .der = shared({0x30, 1, 0}), .modulusSha1 = {7}},
                        {.handle = 2, .trustedRoot = false, .der = shared({0x30, 2, 0, 0}), .modulusSha1 = {6}}};
  nvram.keys = {{.handle = 3, .der = shared({0x30, 0}), .modulusSha1 = {6}}};
  nvram.crls = {{.urls = {"http://a", "http://b"}, .der = {1, 2}}};
  nvram.nextStoreHandle = 4;
  nvram.tls = {.network = {true, true, true}, .local = {true, false, true}, .certificate = 2, .trustedCn = {"x", "y"}};
  nvram.pendingTls = TlsConfiguration{.network = {false, true, false}, .local = {}, .certificate = 1, .trustedCn = {}};
  nvram.powerPackage = 2;
  nvram.idleWakeMin = 30;
  nvram.eventLogFrozen = true;
  nvram.eventLog = {{.time = 77,
                     .deviceAddress = 1,
                     .sensorType = 2,
                     .eventType = 3,
                     .offset = 4,
                     .sourceType = 5,
                     .severity = 6,
                     .sensorNumber = 7,
                     .entity = 8,
                     .entityInstance = 9,
                     .data = {1, 2, 3, 4, 5, 6, 7, 8}}};
  nvram.setupRecord = SetupRecord{.pki = true,
                                  .secureDns = true,
                                  .timeValid = false,
                                  .rootSha1 = {3},
                                  .serverName = "sp.corp.example",
                                  .serverIpv4 = 0x7F000001,
                                  .time = 88};
  return nvram;
}

Bytes fullImage() {
  const auto nvram = fullNvram();
  return encodeImage(fullHot(), &nvram);
}

TEST(ImageTest, whatTheHostHasBegunIsNotOnFlash) {
  auto nvram = fullNvram();
  nvram.host = {.rngDone = MeTime{1}, .watchdogEnds = MeTime{2}, .lastRemoteReset = 3, .hostFqdn = "pc.corp.example"};
  EXPECT_EQ(encodeImage(fullHot(), &nvram), fullImage());
}

TEST(ImageTest, aMachineComesBackWithEveryField) {
  const auto bytes = fullImage();
  const auto image = decodeImage(bytes);
  ASSERT_TRUE(image) << image.error().message();
  EXPECT_EQ(flashOf(image->hot), flashOf(fullHot()));
  ASSERT_TRUE(image->overlay);
  EXPECT_EQ(toHex(encodeImage(image->hot, image->overlay.get())), toHex(bytes));
  const auto& nvram = *image->overlay;
  EXPECT_EQ(nvram.wired.fixed, (Ipv4Settings{1, 2, 3, 4, 5}));
  EXPECT_EQ(nvram.acl.at(0).user, "helpdesk");
  EXPECT_EQ(nvram.acl.at(1).kerberosSid, (Bytes{1, 5, 0}));
  EXPECT_EQ(*nvram.keys.at(0).der, (Bytes{0x30, 0}));
  EXPECT_EQ(nvram.tls, fullNvram().tls);
  EXPECT_EQ(nvram.pendingTls, fullNvram().pendingTls);
  EXPECT_EQ(nvram.psk, fullNvram().psk);
  EXPECT_EQ(nvram.eventLog.at(0).data.back(), 8);
  EXPECT_EQ(nvram.setupRecord->serverName, "sp.corp.example");
}

TEST(ImageTest, eachFieldOfTheOverlayIsInTheImage) {
  const auto full = fullNvram();
  const std::vector<std::function<void(Nvram&)>> fields{
      [&](Nvram& nvram) { nvram.hostName = full.hostName; },
      [&](Nvram& nvram) { nvram.domainName = full.domainName; },
      [&](Nvram& nvram) { nvram.pingResponse = full.pingResponse; },
      [&](Nvram& nvram) { nvram.wired = full.wired; },
      [&](Nvram& nvram) { nvram.interfaces = full.interfaces; },
      [&](Nvram& nvram) { nvram.admin = full.admin; },
      [&](Nvram& nvram) { nvram.mebxPassword = full.mebxPassword; },
      [&](Nvram& nvram) { nvram.acl = full.acl; },
      [&](Nvram& nvram) { nvram.nextAclHandle = full.nextAclHandle; },
      [&](Nvram& nvram) { nvram.kerberos = full.kerberos; },
      [&](Nvram& nvram) { nvram.psk = full.psk; },
      [&](Nvram& nvram) { nvram.otp = full.otp; },
      [&](Nvram& nvram) { nvram.zeroTouch = full.zeroTouch; },
      [&](Nvram& nvram) { nvram.roots = full.roots; },
      [&](Nvram& nvram) { nvram.pkiSuffix = full.pkiSuffix; },
      [&](Nvram& nvram) { nvram.certificates = full.certificates; },
      [&](Nvram& nvram) { nvram.keys = full.keys; },
      [&](Nvram& nvram) { nvram.crls = full.crls; },
      [&](Nvram& nvram) { nvram.nextStoreHandle = full.nextStoreHandle; },
      [&](Nvram& nvram) { nvram.tls = full.tls; },
      [&](Nvram& nvram) { nvram.pendingTls = full.pendingTls; },
      [&](Nvram& nvram) { nvram.powerPackage = full.powerPackage; },
      [&](Nvram& nvram) { nvram.idleWakeMin = full.idleWakeMin; },
      [&](Nvram& nvram) { nvram.eventLogFrozen = full.eventLogFrozen; },
      [&](Nvram& nvram) { nvram.eventLog = full.eventLog; },
      [&](Nvram& nvram) { nvram.setupRecord = full.setupRecord; },
  };
  std::set<Bytes> images{encodeImage(HotRecord{}, nullptr)};
  const Nvram fresh;
  images.insert(encodeImage(HotRecord{}, &fresh));
  for (const auto& set : fields) {
    Nvram nvram;
    set(nvram);
    images.insert(encodeImage(HotRecord{}, &nvram));
  }
  EXPECT_EQ(images.size(), fields.size() + 2);
}

TEST(ImageTest, eachPartOfTheFlashRecordHasItsPlace) {
  const HotRecord factory;
  const auto plain = encodeImage(factory, nullptr);
  EXPECT_EQ(toHex(plain),
            "0100"
            "00000020"
            "ffffffffffffff7f"
            "0000000000000000"
            "00000000"
            "0000"
            "00");
  EXPECT_EQ(toHex(encodeImage(fullHot(), nullptr)),
            "0100"
            "0102031f"
            "15cd5b0700000000"
            "8877665544332211"
            "f0f1ffff"
            "efbe"
            "00");
}

TEST(ImageTest, whatIsVolatileIsNoPartOfIt) {
  HotRecord hot;
  hot.wakeAt = hot.nextHello = hot.closedUntil = MeTime{99};
  hot.answers = 5;
  hot.helloAttempt = 6;
  hot.powerState = 5;
  hot.openConnections = hot.setupSessions = hot.failedLogins = 3;
  hot.linkUp = false;
  Nvram nvram;
  nvram.logins.failing = {{"admin", 3, MeTime{1}}};
  nvram.logins.lastNonce = MeTime{5};
  const Nvram fresh;
  EXPECT_EQ(toHex(encodeImage(hot, &nvram)), toHex(encodeImage(HotRecord{}, &fresh)));
}

TEST(ImageTest, anImageThatIsCutAnywhereIsRefused) {
  const auto bytes = fullImage();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto image = decodeImage(ByteView(bytes).first(size));
    ASSERT_FALSE(image) << size;
    EXPECT_TRUE(image.error().place.starts_with("offset ")) << image.error().message();
  }
}

std::string refusalOf(const Bytes& bytes) {
  const auto image = decodeImage(bytes);
  return image ? "taken" : image.error().message();
}

TEST(ImageTest, valuesThatNoFirmwareHasAreRefusedWithTheirOffset) {
  auto bytes = fullImage();
  bytes.push_back(0);
  EXPECT_TRUE(refusalOf(bytes).ends_with("bytes follow behind the end")) << refusalOf(bytes);
  const auto with = [](std::size_t at, std::uint8_t value) {
    auto changed = fullImage();
    changed.at(at) = value;
    return refusalOf(changed);
  };
  EXPECT_EQ(with(0, 3), "offset 0: a machine's image is of version 3, which is newer than 2 or none");
  EXPECT_EQ(with(2, 4), "offset 3: a choice has the unknown number 4");
  EXPECT_NE(with(5, 0x80).find("unknown flags"), std::string::npos);
  EXPECT_EQ(with(28, 2), "offset 29: a truth value is 2");
  EXPECT_NE(with(2, 3).find("a window is open outside set-up"), std::string::npos);
}

TEST(ImageTest, aLengthBeyondTheEndIsRefusedBeforeAnythingIsAllocated) {
  const Nvram nvram;
  auto bytes = encodeImage(HotRecord{}, &nvram);
  for (std::size_t i = 29; i < 33; ++i) bytes.at(i) = 0xFF;  // of the host name
  EXPECT_NE(refusalOf(bytes).find("4294967295 bytes are needed"), std::string::npos) << refusalOf(bytes);
  const std::size_t acl = 29 + 4 + 4 + 1 + 7 + 4 + 1 + 1;  // names, ping, wired, interfaces, admin, MEBx password
  bytes = encodeImage(HotRecord{}, &nvram);
  for (std::size_t i = acl; i < acl + 4; ++i) bytes.at(i) = 0xFF;
  EXPECT_NE(refusalOf(bytes).find("a list of 4294967295 is longer than what is left"), std::string::npos)
      << refusalOf(bytes);
}

TEST(ImageTest, tlsWithoutItsKeyIsRefused) {
  auto nvram = fullNvram();
  nvram.keys.clear();
  EXPECT_NE(refusalOf(encodeImage(fullHot(), &nvram)).find("TLS is on without its key"), std::string::npos);
}

TEST(ImageTest, aWindowBeforeAllTimeIsRefused) {
  auto hot = fullHot();
  hot.windowEnds = MeTime{-1};
  EXPECT_NE(refusalOf(encodeImage(hot, nullptr)).find("the window ends before all time"), std::string::npos);
}

TEST(ImageTest, powerThatComesBackRestartsHellosAndLetsTheWindowGoOn) {
  auto machine = testing::MachineBuilder("amt-3.2.2").inSetupByPki().build();
  auto me = machine->me();
  setupSessionOpened(me);
  const auto ends = me.hot.windowEnds;
  auto image = decodeImage(encodeImage(me.hot, me.overlay.get()));
  ASSERT_TRUE(image);
  machine->hot = image->hot;
  machine->overlay = std::move(image->overlay);
  machine->pass(MeDuration::hours(1));
  auto again = machine->me();
  Effects effects;
  powerBack(again, effects);
  EXPECT_EQ(again.hot.state, State::inSetup);
  EXPECT_EQ(again.hot.setupSessions, 0);
  EXPECT_EQ(again.hot.windowEnds, ends);
  EXPECT_EQ(again.hot.nextHello, again.hot.wakeAt);
  EXPECT_LT(again.hot.nextHello, again.hot.windowEnds);
}

TEST(ImageTest, powerThatComesBackLeavesAnOperationalMachineAsItIs) {
  auto machine = testing::MachineBuilder("amt-5.2").operational("P@ssw0rd").build();
  auto me = machine->me();
  const auto before = encodeImage(me.hot, me.overlay.get());
  Effects effects;
  powerBack(me, effects);
  EXPECT_EQ(toHex(encodeImage(me.hot, me.overlay.get())), toHex(before));
  EXPECT_EQ(me.hot.wakeAt, MeTime::never());
}

}  // namespace
}  // namespace vme::machine
