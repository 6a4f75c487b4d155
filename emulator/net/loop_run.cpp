#include "net/loop_run.hpp"

#include <ctime>

namespace vme::net {

void LoopRun::run(asio::io_context& context) {
  while (!context.stopped()) {
    try {
      context.run();
    } catch (...) {
      if (failed_) continue;
      failure_ = std::current_exception();
      failed_ = true;
    }
  }
}

void LoopRun::check() const {
  if (failed_) std::rethrow_exception(failure_);
}

double threadCpuSeconds() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

}  // namespace vme::net
