#pragma once
// Ctrl-C and SIGTERM while something runs: the first asks it to end in order, a second one ends the program at once.

#include <atomic>

namespace vme::cli {

/// Takes over both signals for its lifetime. One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  const std::atomic<bool>& asked() const;
};

}  // namespace vme::cli
