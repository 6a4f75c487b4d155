#pragma once
// The fields of an image: one list a record, for both directions. The bindings name every member, so that a record
// which gets a new one does not compile until it has its place here.

#include <concepts>
#include <type_traits>

#include "machine/image.hpp"

namespace vme::machine {

template <typename R, typename Record>
concept Of = std::same_as<std::remove_const_t<R>, Record>;

template <typename Archive, Of<FlashRecord> R>
void fields(Archive& archive, R& record) {
  auto& [state, method, mode, flags, windowEnds, flashLockedUntil, clockOffsetS, flashWrites] = record;
  archive(state, method, mode, flags, windowEnds, flashLockedUntil, clockOffsetS, flashWrites);
}
template <typename Archive, Of<wire::RealmSet> R>
void fields(Archive& archive, R& record) {
  auto& [bits] = record;
  archive(bits);
}
template <typename Archive, Of<AclEntry> R>
void fields(Archive& archive, R& record) {
  auto& [handle, user, ha1, kerberosSid, access, realms, enabled] = record;
  archive(handle, user, ha1, kerberosSid, access, realms, enabled);
}
template <typename Archive, Of<AdminAccount> R>
void fields(Archive& archive, R& record) {
  auto& [user, ha1] = record;
  archive(user, ha1);
}
template <typename Archive, Of<StoredCertificate> R>
void fields(Archive& archive, R& record) {
  auto& [handle, trustedRoot, der, modulusSha1] = record;
  archive(handle, trustedRoot, der, modulusSha1);
}
template <typename Archive, Of<StoredKey> R>
void fields(Archive& archive, R& record) {
  auto& [handle, der, modulusSha1] = record;
  archive(handle, der, modulusSha1);
}
template <typename Archive, Of<StoredCrl> R>
void fields(Archive& archive, R& record) {
  auto& [urls, der] = record;
  archive(urls, der);
}
template <typename Archive, Of<TlsOptions> R>
void fields(Archive& archive, R& record) {
  auto& [enabled, mutualAuthentication, acceptNonSecure] = record;
  archive(enabled, mutualAuthentication, acceptNonSecure);
}
template <typename Archive, Of<TlsConfiguration> R>
void fields(Archive& archive, R& record) {
  auto& [network, local, certificate, trustedCn] = record;
  archive(network, local, certificate, trustedCn);
}
template <typename Archive, Of<Ipv4Settings> R>
void fields(Archive& archive, R& record) {
  auto& [address, mask, gateway, primaryDns, secondaryDns] = record;
  archive(address, mask, gateway, primaryDns, secondaryDns);
}
template <typename Archive, Of<InterfaceSettings> R>
void fields(Archive& archive, R& record) {
  auto& [dhcp, sharedMac, linkPolicy, fixed] = record;
  archive(dhcp, sharedMac, linkPolicy, fixed);
}
template <typename Archive, Of<EnabledInterfaces> R>
void fields(Archive& archive, R& record) {
  auto& [webUi, serialOverLan, ideRedirection, redirectionListener] = record;
  archive(webUi, serialOverLan, ideRedirection, redirectionListener);
}
template <typename Archive, Of<KerberosOptions> R>
void fields(Archive& archive, R& record) {
  auto& [realmName, keyVersion, maxClockToleranceMin, masterKey] = record;
  archive(realmName, keyVersion, maxClockToleranceMin, masterKey);
}
template <typename Archive, Of<EventRecord> R>
void fields(Archive& archive, R& record) {
  auto& [time, deviceAddress, sensorType, eventType, offset, sourceType, severity, sensorNumber, entity, instance,
         data] = record;
  archive(time, deviceAddress, sensorType, eventType, offset, sourceType, severity, sensorNumber, entity, instance,
          data);
}
template <typename Archive, Of<SetupRecord> R>
void fields(Archive& archive, R& record) {
  auto& [pki, secureDns, timeValid, rootSha1, serverName, serverIpv4, time] = record;
  archive(pki, secureDns, timeValid, rootSha1, serverName, serverIpv4, time);
}
template <typename Archive, Of<wire::PskPair> R>
void fields(Archive& archive, R& record) {
  auto& [pid, pps] = record;
  archive(pid, pps);
}
template <typename Archive, Of<wire::RootHash> R>
void fields(Archive& archive, R& record) {
  auto& [algorithm, hash] = record;
  archive(algorithm, hash);
}
template <typename Archive, Of<RootEntry> R>
void fields(Archive& archive, R& record) {
  auto& [handle, name, hash, factory, active] = record;
  archive(handle, name, hash, factory, active);
}
template <typename Archive, Of<Nvram> R>
void fields(Archive& archive, R& record) {
  auto& [hostName, domainName, pingResponse, wired, interfaces, admin, mebxPassword, acl, nextAclHandle, kerberos, psk,
         otp, zeroTouch, roots, pkiSuffix, certificates, keys, crls, nextStoreHandle, tls, pendingTls, powerPackage,
         idleWakeMin, eventLogFrozen, eventLog, setupRecord, logins, host] = record;
  static_cast<void>(logins);  // not on flash
  static_cast<void>(host);    // nor this
  archive(hostName, domainName, pingResponse, wired, interfaces, admin, mebxPassword, acl, nextAclHandle, kerberos, psk,
          otp, zeroTouch, roots, pkiSuffix, certificates, keys, crls, nextStoreHandle, tls, pendingTls, powerPackage,
          idleWakeMin, eventLogFrozen, eventLog, setupRecord);
}

}  // namespace vme::machine
