#include "firmware/operation_name.hpp"

#include <gtest/gtest.h>

namespace vme::firmware {
namespace {

wire::http::Request post(std::string target, std::string body) {
  return {.method = "POST", .target = std::move(target), .headers = {}, .body = std::move(body)};
}

std::string wsman(const std::string& action, const std::string& resource) {
  return "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:a=\"urn:a\" xmlns:w=\"urn:w\">"
         "<s:Header><a:Action>" +
         action + "</a:Action><w:ResourceURI>" + resource + "</w:ResourceURI></s:Header><s:Body/></s:Envelope>";
}

TEST(OperationName, OfEoiIsTheBodysElement) {
  EXPECT_EQ(operationName(post("/SetupAndConfigurationService",
                               "<S:Envelope xmlns:S=\"urn:s\"><S:Body><x:CommitChanges xmlns:x=\"urn:x\"/></S:Body>"
                               "</S:Envelope>")),
            "CommitChanges");
}

TEST(OperationName, OfATransferNamesVerbAndClass) {
  EXPECT_EQ(operationName(post("/wsman", wsman("http://schemas.xmlsoap.org/ws/2004/09/transfer/Get",
                                               "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings"))),
            "Get AMT_GeneralSettings");
}

TEST(OperationName, OfAMethodNamesClassAndMethod) {
  const std::string uri = "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_SetupAndConfigurationService";
  EXPECT_EQ(operationName(post("/wsman", wsman(uri + "/CommitChanges", uri))),
            "AMT_SetupAndConfigurationService.CommitChanges");
}

TEST(OperationName, OfAPageIsItsPath) {
  EXPECT_EQ(operationName({.method = "GET", .target = "/index.htm?x=1", .headers = {}, .body = {}}), "GET /index.htm");
}

TEST(OperationName, OfNoSoapIsEmpty) {
  EXPECT_EQ(operationName(post("/wsman", "no XML")), "");
  EXPECT_EQ(operationName(post("/wsman", "<a/>")), "");
  EXPECT_EQ(operationName(post("/wsman", "")), "");
}

}  // namespace
}  // namespace vme::firmware
