#pragma once
// What `vme setup-bin make` was asked for, and the file that it means.

#include <string>
#include <vector>

#include "wire/pid_pps.hpp"
#include "wire/setup_bin.hpp"

namespace vme::cli {

struct SetupBinOptions {
  std::string file, version, pskFile, pskOut;
  std::string count, seed;
  std::string currentPassword = "admin", newPassword;
  std::string hostName, domain, pkiSuffix, server, serverPort, remoteConfiguration;
  std::vector<std::string> psk, hashes, set;
  bool keep = false, scramble = false, json = false;
};

/// The PSK pairs of the records, in their order; none for a key without.
std::vector<wire::PskPair> pskPairsOf(const SetupBinOptions& options);
/// One record a pair, or `--count` of them, or one. Entries are in the order that firmware wants.
wire::setup_bin::File setupBinFrom(const SetupBinOptions& options, const std::vector<wire::PskPair>& pairs);

}  // namespace vme::cli
