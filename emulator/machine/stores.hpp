#pragma once
// Certificate, key and CRL stores with their capacities, and the TLS configuration that refers to them.

#include <memory>

#include "machine/me.hpp"
#include "wire/amt_status.hpp"

namespace vme::machine {

using wire::AmtStatus;

/// invalidCert (undecodable, larger than the profile takes, key too long), duplicate, maxLimitReached.
AmtStatus addCertificate(Me& me, Bytes der, bool trustedRoot, std::uint32_t& handle);
/// notFound; notPermitted while TLS uses it.
AmtStatus removeCertificate(Me& me, std::uint32_t handle);
const StoredCertificate* findCertificate(const Me& me, std::uint32_t handle);

/// invalidKey (undecodable, or a length the profile does not take), rngNotReady where the profile wants SetRngKey
/// first.
AmtStatus addKey(Me& me, Bytes der, std::uint32_t& handle);
/// A key of that length from the environment's pool, stored as if the ME had made it. invalidParameter for a length
/// that the pool has not, and as addKey.
AmtStatus generateKey(Me& me, unsigned bits, std::uint32_t& handle);
AmtStatus removeKey(Me& me, std::uint32_t handle);
const StoredKey* findKey(const Me& me, std::uint32_t handle);
/// The stored key that belongs to the certificate; null without one.
const StoredKey* keyOf(const Me& me, const StoredCertificate& certificate);

/// maxLimitReached over the CRL store's size.
AmtStatus setCrls(Me& me, std::vector<StoredCrl> crls);

/// The configuration as set so far: the pending one, or the one in effect.
const TlsConfiguration& tlsConfigured(const Me& me);
/// The server certificate of TLS; 0 takes it away. invalidHandle, certKeyNotMatch (no stored key fits).
AmtStatus setTlsCertificate(Me& me, std::uint32_t handle);
AmtStatus setTlsOptions(Me& me, const TlsOptions& network, const TlsOptions& local);
/// maxLimitReached, invalidParameter (longer than 63 characters).
AmtStatus setTrustedCn(Me& me, std::vector<std::string> suffixes);

}  // namespace vme::machine
