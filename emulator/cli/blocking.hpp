#pragma once
// Keeps a running service point in step with its approval file, and its revocation list in a file.

#include <filesystem>
#include <string>
#include <vector>

#include "servicepoint/service_point.hpp"

namespace vme::cli {

class Blocking {
 public:
  /// `approve`: `all`, or the file that `approval` was read from. `crl`: where the list goes; empty: nowhere.
  Blocking(std::string approve, std::string crl, servicepoint::Approval approval);

  /// Blocks what the file blocks since it was last looked at, and writes the list when it has grown. A file that
  /// cannot be read as it is leaves things as they were.
  void look(servicepoint::ServicePoint& server);

 private:
  void readApproval(servicepoint::ServicePoint& server);

  std::string approve_, crl_;
  servicepoint::Approval approval_;
  std::filesystem::file_time_type changed_;
  std::optional<std::size_t> written_;  // serial numbers in the list
};

}  // namespace vme::cli
