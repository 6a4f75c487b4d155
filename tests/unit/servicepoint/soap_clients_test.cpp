// The EOI and WS-Man clients against scripted answers.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "scripted_channel.hpp"
#include "servicepoint/eoi_client.hpp"
#include "servicepoint/wsman_client.hpp"

namespace vme::servicepoint {
namespace {

using test::Answers;
using test::ScriptedChannel;
using test::Seen;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string http(unsigned status, std::string_view body) {
  return fmt::format("HTTP/1.1 {} X\r\nContent-Length: {}\r\n\r\n{}", status, body.size(), body);
}

std::string eoi(std::string_view body) {
  return http(200, fmt::format(R"(<?xml version="1.0" encoding="UTF-8"?><soap:Envelope )"
                               R"(xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:s0="urn:x"><soap:Body>)"
                               R"({}</soap:Body></soap:Envelope>)",
                               body));
}

std::string wsman(std::string_view body, unsigned status = 200) {
  return http(status,
              fmt::format(R"(<?xml version="1.0" encoding="UTF-8"?><a:Envelope )"
                          R"(xmlns:a="http://www.w3.org/2003/05/soap-envelope" xmlns:b="urn:b" xmlns:c="urn:c" )"
                          R"(xmlns:e="urn:e" xmlns:g="urn:g" xmlns:h="urn:h"><a:Header></a:Header><a:Body>{})"
                          R"(</a:Body></a:Envelope>)",
                          body));
}

std::string wsmanFault(std::string_view subcode, std::string_view detail = {}) {
  return wsman(fmt::format("<a:Fault><a:Code><a:Value>a:Sender</a:Value><a:Subcode><a:Value>e:{}</a:Value></a:Subcode>"
                           "</a:Code><a:Reason><a:Text xml:lang=\"en-US\">The reason.</a:Text></a:Reason>"
                           "<a:Detail>{}</a:Detail></a:Fault>",
                           subcode, detail),
               400);
}

class SoapClientsTest : public ::testing::Test {
 protected:
  template <typename T>
  T await(net::Task<T> task) {
    auto future = boost::asio::co_spawn(io_, std::move(task), boost::asio::use_future);
    io_.restart();
    io_.run();
    return future.get();
  }

  boost::asio::io_context io_{1};
  Answers answers_;
  Seen seen_;
  HttpSession session_{
      [this]() -> net::Task<Attempt<std::unique_ptr<net::Channel>>> {
        co_return std::unique_ptr<net::Channel>(std::make_unique<ScriptedChannel>(io_.get_executor(), answers_, seen_));
      },
      "127.0.0.1:16993", std::chrono::milliseconds(5000), "c0ffee"};
  EoiClient eoi_{session_};
  WsmanClient wsman_{session_};
};

TEST_F(SoapClientsTest, EoiSendsTheOperationInItsNamespace) {
  answers_ = {eoi("<s0:SetHostNameResponse><s0:Status>0</s0:Status></s0:SetHostNameResponse>")};
  ASSERT_TRUE(await(eoi_.call(kNetworkAdministration, "SetHostName", "<HostName>vme</HostName>")));
  const auto& request = seen_.requests.at(0);
  EXPECT_THAT(request, HasSubstr("POST /NetworkAdministrationService HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("SOAPAction: \"http://schemas.intel.com/platform/client/NetworkAdministration/2004/01"
                                 "#SetHostName\"\r\n"));
  EXPECT_THAT(request, HasSubstr("<soap:Body><SetHostName xmlns=\"http://schemas.intel.com/platform/client/"
                                 "NetworkAdministration/2004/01\"><HostName>vme</HostName></SetHostName></soap:Body>"));
}

TEST_F(SoapClientsTest, EoiReadsStatusUnderBothItsNames) {
  answers_ = {eoi("<s0:XResponse><s0:StatusCode>16</s0:StatusCode></s0:XResponse>"),
              eoi("<s0:XResponse><s0:Status>16</s0:Status></s0:XResponse>")};
  for (int i = 0; i < 2; ++i) {
    const auto answer = await(eoi_.ask(kSecurityAdministration, "X", {}));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, wire::AmtStatus::notPermitted);
  }
}

TEST_F(SoapClientsTest, EoiAnswersThatAreNoneAreFailuresThatSayWhat) {
  const std::pair<std::string, const char*> cases[] = {
      {http(404, "<html></html>"), "X: HTTP 404"},
      {http(500,
            "<soap:Envelope xmlns:soap=\"urn:s\"><soap:Body><soap:Fault><faultcode>soap:Client</faultcode>"
            "<faultstring>Unknown operation</faultstring></soap:Fault></soap:Body></soap:Envelope>"),
       "X: HTTP 500, SOAP fault: Unknown operation"},
      {http(200, "not XML <"), "no XML"},
      {eoi("<s0:XResponse></s0:XResponse>"), "X: HTTP 200"},
      {eoi("<s0:XResponse><s0:Status>many</s0:Status></s0:XResponse>"), "X: HTTP 200"},
      {eoi("<s0:YResponse><s0:Status>0</s0:Status></s0:YResponse>"), "X: HTTP 200"},
      {http(200, "<!DOCTYPE a [<!ENTITY b \"c\">]><a/>"), "no XML"},
  };
  for (const auto& [answer, text] : cases) {
    answers_ = {answer};
    const auto got = await(eoi_.call(kSecurityAdministration, "X", {}));
    ASSERT_FALSE(got) << answer;
    EXPECT_EQ(got.error().reason, Reason::callFailed);
    EXPECT_THAT(got.error().text, HasSubstr(text));
  }
}

TEST_F(SoapClientsTest, WsmanGetSendsClassSelectorAndAction) {
  answers_ = {wsman("<g:AMT_TLSSettingData><g:Enabled>false</g:Enabled></g:AMT_TLSSettingData>")};
  const auto got = await(wsman_.get("AMT_TLSSettingData", {"InstanceID", "A & B"}));
  ASSERT_TRUE(got);
  EXPECT_EQ(wire::textOf(wire::childNamed(*got, "Enabled")), "false");
  const auto& request = seen_.requests.at(0);
  EXPECT_THAT(request, HasSubstr("POST /wsman HTTP/1.1\r\n"));
  EXPECT_THAT(request, Not(HasSubstr("SOAPAction")));
  EXPECT_THAT(request, HasSubstr("<a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action>"));
  EXPECT_THAT(request, HasSubstr("<w:ResourceURI>http://intel.com/wbem/wscim/1/amt-schema/1/AMT_TLSSettingData<"));
  EXPECT_THAT(request, HasSubstr("<w:Selector Name=\"InstanceID\">A &amp; B</w:Selector>"));
}

TEST_F(SoapClientsTest, WsmanPutSendsAllPropertiesWithTheChanges) {
  answers_ = {wsman("<g:AMT_GeneralSettings><g:DigestRealm>r</g:DigestRealm><g:HostName></g:HostName>"
                    "</g:AMT_GeneralSettings>"),
              wsman("<g:AMT_GeneralSettings></g:AMT_GeneralSettings>")};
  const auto got = await(wsman_.get("AMT_GeneralSettings", {}));
  ASSERT_TRUE(got);
  ASSERT_TRUE(await(wsman_.putChanged("AMT_GeneralSettings", {}, *got, {{"HostName", "vme"}, {"DomainName", "d"}})));
  EXPECT_THAT(seen_.requests.at(1),
              HasSubstr("<r:AMT_GeneralSettings xmlns:r=\"http://intel.com/wbem/wscim/1/amt-schema/1/"
                        "AMT_GeneralSettings\"><r:DigestRealm>r</r:DigestRealm><r:HostName>vme</r:HostName>"
                        "<r:DomainName>d</r:DomainName></r:AMT_GeneralSettings>"));
}

TEST_F(SoapClientsTest, WsmanInvokeReadsTheReturnValue) {
  answers_ = {wsman("<g:CommitChanges_OUTPUT><g:ReturnValue>2057</g:ReturnValue></g:CommitChanges_OUTPUT>"),
              wsman("<g:CommitChanges_OUTPUT></g:CommitChanges_OUTPUT>")};
  const auto failed = await(wsman_.invoke("AMT_SetupAndConfigurationService", "CommitChanges", {}));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().text, "CommitChanges: status 2057 (DATA_MISSING)");
  EXPECT_FALSE(await(wsman_.invoke("AMT_SetupAndConfigurationService", "CommitChanges", {})));
  EXPECT_THAT(seen_.requests.at(0), HasSubstr("AMT_SetupAndConfigurationService/CommitChanges</a:Action>"));
  EXPECT_THAT(seen_.requests.at(0), HasSubstr("<r:CommitChanges_INPUT xmlns:r="));
}

TEST_F(SoapClientsTest, WsmanFaultsNameSubcodeReasonAndDetail) {
  answers_ = {wsmanFault("AlreadyExists"), wsmanFault("InternalError", "<a:Text>AMT-STATUS 1</a:Text>")};
  const auto created = await(wsman_.tryCreate("AMT_TLSCredentialContext", {}));
  ASSERT_TRUE(created);
  EXPECT_EQ(created->fault, "AlreadyExists");
  const auto got = await(wsman_.get("AMT_GeneralSettings", {}));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().text, "Get AMT_GeneralSettings: HTTP 400, InternalError: The reason. AMT-STATUS 1");
}

TEST_F(SoapClientsTest, WsmanEnumeratesToTheEnd) {
  const auto page = [](std::string_view head, std::string_view items, std::string_view tail) {
    return wsman(fmt::format("<g:PullResponse>{}<g:Items>{}</g:Items>{}</g:PullResponse>", head, items, tail));
  };
  const std::string context = "<g:EnumerationContext>92070000-0000-0000-0000-000000000000</g:EnumerationContext>";
  answers_ = {wsman("<g:EnumerateResponse>" + context + "</g:EnumerateResponse>"),
              page(context, "<h:C><h:N>1</h:N></h:C><h:C><h:N>2</h:N></h:C>", ""),
              page("", "<h:C><h:N>3</h:N></h:C>", "<g:EndOfSequence></g:EndOfSequence>")};
  std::vector<std::string> numbers;
  ASSERT_TRUE(await(wsman_.enumerate("CIM_C", [&](pugi::xml_node item) {
    numbers.emplace_back(wire::textOf(wire::childNamed(item, "N")));
    return true;
  })));
  EXPECT_THAT(numbers, ElementsAre("1", "2", "3"));
  EXPECT_EQ(seen_.requests.size(), 3U);
}

// A context is any text, and comes back as that text, not as markup of ours.
TEST_F(SoapClientsTest, WsmanGivesAContextBackEscaped) {
  answers_ = {
      wsman("<g:EnumerateResponse><g:EnumerationContext>&lt;x&gt;</g:EnumerationContext></g:EnumerateResponse>"),
      wsman("<g:PullResponse><g:Items></g:Items><g:EndOfSequence></g:EndOfSequence></g:PullResponse>")};
  ASSERT_TRUE(await(wsman_.enumerate("CIM_C", [](pugi::xml_node) { return true; })));
  EXPECT_THAT(seen_.requests.at(1), HasSubstr("EnumerationContext>&lt;x&gt;</"));
}

TEST_F(SoapClientsTest, WsmanGivesUpOnAnEnumerationWithoutEnd) {
  answers_ = {wsman("<g:EnumerateResponse><g:EnumerationContext>1</g:EnumerationContext></g:EnumerateResponse>")};
  for (int i = 0; i < 200; ++i) {
    answers_.push_back(
        wsman("<g:PullResponse><g:EnumerationContext>1</g:EnumerationContext><g:Items></g:Items>"
              "</g:PullResponse>"));
  }
  EXPECT_FALSE(await(wsman_.enumerate("CIM_C", [](pugi::xml_node) { return true; })));
  EXPECT_FALSE(answers_.empty());
}

}  // namespace
}  // namespace vme::servicepoint
