#pragma once
// Declares every function that names.inc lists: `values::GROUP::NAME`, `lists::NAME`, `methods::NAME`, `edits::NAME`,
// `needs::NAME`.

#include "firmware/wsman/catalogue/model.hpp"

namespace vme::firmware::wsman {

#define VME_VALUE(group, name)                                       \
  namespace values::group {                                          \
  void name(const machine::Me& me, std::uint32_t item, Values& out); \
  }
#define VME_LIST(name)                                    \
  namespace lists {                                       \
  std::vector<std::uint32_t> name(const machine::Me& me); \
  }
#define VME_METHOD(name)                \
  namespace methods {                   \
  std::uint32_t name(MethodCall& call); \
  }
#define VME_EDIT(name)                   \
  namespace edits {                      \
  std::optional<Fault> name(Edit& edit); \
  }
#define VME_NEED(name)                        \
  namespace needs {                           \
  bool name(const profile::Profile& profile); \
  }
#include "firmware/wsman/catalogue/names.inc"

}  // namespace vme::firmware::wsman
