#include "machine/posture.hpp"

#include <algorithm>

#include "machine/accounts.hpp"
#include "machine/network.hpp"
#include "machine/stores.hpp"

namespace vme::machine {

Posture postureOf(const Me& me) {
  const auto& nvram = me.nvram();
  Posture posture;
  posture.state = me.hot.state;
  posture.method = me.hot.method;
  posture.adminUser = adminName(me);
  if (const auto login = findLogin(me, posture.adminUser)) posture.adminHa1 = login->ha1;
  posture.isAdminOwn = nvram.admin.has_value();
  posture.isMebxDefault = !me.hot.mebxChanged;
  posture.digestRealm = digestRealm(me);
  posture.acl = nvram.acl;
  posture.tls = nvram.tls.network;
  posture.isClearPortOpen = portState(me, kHttpPort) == PortState::plain;
  posture.interfaces = nvram.interfaces;
  if (const auto* certificate = findCertificate(me, nvram.tls.certificate)) posture.certificate = certificate->der;
  for (const auto bits : me.profile.tls.rsaBits) posture.keyBitsMost = std::max(posture.keyBitsMost, bits);
  posture.hostName = nvram.hostName;
  posture.domainName = nvram.domainName;
  return posture;
}

}  // namespace vme::machine
