#pragma once
// How a machine is secured at one moment: what an auditor would find who looks at it.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "machine/me.hpp"

namespace vme::machine {

struct Posture {
  State state = State::factory;
  SetupMethod method = SetupMethod::none;
  std::string adminUser;
  wire::Md5 adminHa1{};     // MD5(user:realm:password) that a login has to match
  bool isAdminOwn = false;  // somebody set the admin account; not the factory's, nor the one that came with a PSK pair
  bool isMebxDefault = false;  // the MEBx password is still the factory's
  std::string digestRealm;
  std::vector<AclEntry> acl;
  TlsOptions tls;  // of the network interface
  bool isClearPortOpen = false;
  EnabledInterfaces interfaces;
  std::shared_ptr<const Bytes> certificate;  // the TLS server certificate, in DER; null: none
  unsigned keyBitsMost = 0;                  // the longest key that the firmware takes
  std::string hostName, domainName;
};

Posture postureOf(const Me& me);

}  // namespace vme::machine
