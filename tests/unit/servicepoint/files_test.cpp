#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "servicepoint/service_point.hpp"

namespace vme::servicepoint {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string approvalError(std::string_view text) {
  try {
    readApproval("fleet.txt", text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

std::string pskError(std::string_view text) {
  try {
    readPskFile("pairs.txt", text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

const Uuid kDell = *Uuid::parse("44454c4c-3100-1051-8032-b4c04f4b4d31");
const Uuid kOther = *Uuid::parse("00112233-4455-6677-8899-aabbccddeeff");

TEST(ApprovalFile, ReadsRowsCommentsAndTheRuleForOthers) {
  const auto approval = readApproval("fleet.txt",
                                     "# machines of the pilot\n"
                                     "44454C4C-3100-1051-8032-B4C04F4B4D31 approve  # in either case\r\n"
                                     "\n"
                                     "\t00112233-4455-6677-8899-aabbccddeeff block\n"
                                     "* refuse");
  EXPECT_EQ(approval.machines.size(), 2U);
  EXPECT_EQ(approval.machines.at(kDell), Approval::Rule::approve);
  EXPECT_EQ(approval.machines.at(kOther), Approval::Rule::block);
  EXPECT_EQ(approval.otherwise, Approval::Rule::refuse);
}

TEST(ApprovalFile, AnEmptyFileApprovesAll) {
  const auto approval = readApproval("fleet.txt", "# nothing\n\n");
  EXPECT_TRUE(approval.machines.empty());
  EXPECT_EQ(approval.otherwise, Approval::Rule::approve);
}

TEST(ApprovalFile, ErrorsNameFileAndLine) {
  EXPECT_THAT(approvalError("* approve\nnonsense approve\n"), AllOf(StartsWith("fleet.txt:2: "), HasSubstr("no UUID")));
  EXPECT_THAT(approvalError("\n\n44454c4c-3100-1051-8032-b4c04f4b4d31 allow"),
              AllOf(StartsWith("fleet.txt:3: "), HasSubstr("'allow'")));
  EXPECT_THAT(approvalError("44454c4c-3100-1051-8032-b4c04f4b4d31"), StartsWith("fleet.txt:1: "));
  EXPECT_THAT(approvalError("* approve\n* block"), AllOf(StartsWith("fleet.txt:2: "), HasSubstr("second time")));
  EXPECT_THAT(approvalError("44454c4c-3100-1051-8032-b4c04f4b4d31 block\n"
                            "44454C4C-3100-1051-8032-B4C04F4B4D31 approve"),
              AllOf(StartsWith("fleet.txt:2: "), HasSubstr("second time")));
}

TEST(PskFile, ReadsPairsWithAndWithoutDashes) {
  const auto pairs = readPskFile("pairs.txt",
                                 "# exported\n"
                                 "0000-037M NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ\n");
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_EQ(pairs[0].pidText(), "0000037M");
  EXPECT_EQ(pairs[0].ppsText(), "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ");
  EXPECT_EQ(readPskFile("pairs.txt", "0000037M NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ"), pairs);
}

TEST(PskFile, ErrorsNameFileAndLine) {
  EXPECT_THAT(pskError("\n0000-037M\n"), StartsWith("pairs.txt:2: "));
  EXPECT_THAT(pskError("0000-037N NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ"), StartsWith("pairs.txt:1: "));
  EXPECT_THAT(pskError("0000-037M NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XX"), StartsWith("pairs.txt:1: "));
  EXPECT_THAT(pskError("0000-037M NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ\n"
                       "0000037M NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ"),
              AllOf(StartsWith("pairs.txt:2: "), HasSubstr("0000-037M")));
}

}  // namespace
}  // namespace vme::servicepoint
