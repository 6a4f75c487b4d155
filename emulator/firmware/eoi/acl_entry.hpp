#pragma once
// ACL entries as EOI writes and reads them (eoi.md 4.x): `EntryEx`, and the form of release 1.0.

#include <expected>

#include "firmware/eoi/output.hpp"
#include "firmware/eoi/parameters.hpp"
#include "machine/accounts.hpp"

namespace vme::firmware::eoi {

/// Leaves at any depth; realms as numbers or names; the permission as its word or number, any when it is missing. A
/// plain `Password`, as 1.0 sent it, is hashed with the realm. The error is the status to answer.
std::expected<machine::AclEntry, wire::AmtStatus> readAclEntry(const machine::Me& me, const Parameters& in);

/// Base64 of the 16 bytes that firmware keeps.
std::optional<wire::Md5> readDigestPassword(const Parameters& in);

/// The hash is never among it.
void writeAclEntry(Output& out, std::string_view element, const machine::AclEntry& entry);

}  // namespace vme::firmware::eoi
