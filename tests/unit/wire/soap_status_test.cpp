#include "wire/soap_status.hpp"

#include <gtest/gtest.h>

namespace vme::wire {
namespace {

TEST(SoapStatus, IsTheFirstElementOfAnEoiResponse) {
  EXPECT_EQ(soapStatus("<s0:CommitChangesResponse><s0:Status>2056</s0:Status></s0:CommitChangesResponse>"), 2056U);
  EXPECT_EQ(soapStatus("<a:XResponse>\n  <a:Status>0</a:Status><a:Status>3</a:Status>"), 0U);
}

TEST(SoapStatus, IsTheReturnValueOfAMethod) {
  EXPECT_EQ(soapStatus("<g:SetAdminAclEntryEx_OUTPUT><g:ReturnValue>16</g:ReturnValue>"), 16U);
}

TEST(SoapStatus, IsNothingElsewhere) {
  EXPECT_FALSE(soapStatus(""));
  EXPECT_FALSE(soapStatus("<g:CIM_Foo><g:Status>0</g:Status></g:CIM_Foo>"));
  EXPECT_FALSE(soapStatus("<x:YResponse><x:Name>Status></x:Name>"));
  EXPECT_FALSE(soapStatus("<x:YResponse><x:Status>OK</x:Status>"));
  EXPECT_FALSE(soapStatus("<x:YResponse><x:Status>12"));
  EXPECT_FALSE(soapStatus("<x:YResponse>"));
}

}  // namespace
}  // namespace vme::wire
