#pragma once

#include "base/bytes.hpp"

namespace vme::firmware::wsman {

/// The PKCS#1 RSAPublicKey (SEQUENCE of modulus and exponent) of an RSA private key in DER, PKCS#1 or PKCS#8; empty
/// when the bytes are neither.
Bytes rsaPublicKey(ByteView privateKey);

}  // namespace vme::firmware::wsman
