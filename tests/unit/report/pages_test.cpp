#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <pugixml.hpp>

#include "base/error.hpp"
#include "report/escape.hpp"
#include "unit/report/sample.hpp"

namespace vme::report {
namespace {

using ::testing::HasSubstr;

/// Strict: pugixml checks that tags fit together; the characters are checked besides.
pugi::xml_document wellFormed(const std::string& text) {
  pugi::xml_document document;
  const auto result = document.load_string(text.c_str(), pugi::parse_full);
  EXPECT_TRUE(result) << result.description() << " at " << result.offset;
  return document;
}

TEST(Junit, IsWellFormedAndHasACaseForEachExpectationAndFailedGroup) {
  const auto document = wellFormed(toJunit(sampleResults()));
  const auto suite = document.child("testsuites").child("testsuite");
  EXPECT_STREQ(suite.attribute("name").value(), "monday & <friends>");
  EXPECT_EQ(suite.attribute("tests").as_int(), 3);
  EXPECT_EQ(suite.attribute("failures").as_int(), 2);
  std::vector<std::string> names;
  for (const auto& test : suite.children("testcase")) names.emplace_back(test.attribute("name").value());
  EXPECT_THAT(names, ::testing::ElementsAre("provisioned: \"> 95%\"", "idle: 0", "desktops"));
  EXPECT_STREQ(suite.child("testcase").child("failure").attribute("message").value(),
               "a.yaml:9:5: wanted > 95%, seen 7 of 10");
  EXPECT_STREQ(suite.find_child_by_attribute("name", "desktops").child("failure").attribute("message").value(),
               "2 of 10 machines failed: 1 x not-approved 7 x provisioned 2 x psk-refused");
}

TEST(Junit, MachinesThatWereExpectedToFailAreNoFailure) {
  auto results = sampleResults();
  results.expectations.front().held = true;
  results.verdict = Verdict::held;
  const auto document = wellFormed(toJunit(results));
  const auto suite = document.child("testsuites").child("testsuite");
  EXPECT_EQ(suite.attribute("failures").as_int(), 0);
  EXPECT_EQ(suite.find_child_by_attribute("name", "desktops").child("failure"), pugi::xml_node());
}

TEST(Junit, AnInterruptedRunIsAnError) {
  auto results = sampleResults();
  results.verdict = Verdict::interrupted;
  results.error = "the run was stopped before its end";
  const auto document = wellFormed(toJunit(results));
  const auto suite = document.child("testsuites").child("testsuite");
  EXPECT_EQ(suite.attribute("errors").as_int(), 1);
  EXPECT_STREQ(suite.find_child_by_attribute("name", "verdict").child("error").attribute("type").value(),
               "interrupted");
}

TEST(Junit, SeveralRunsAreSuitesOfOneFile) {
  auto never = sampleResults();
  never.scenario = "never";
  never.started.clear();
  never.verdict = Verdict::error;
  const auto document = wellFormed(toJunit(std::vector{sampleResults(), never}));
  const auto suites = document.child("testsuites");
  ASSERT_EQ(std::distance(suites.begin(), suites.end()), 2);
  EXPECT_STREQ(suites.first_child().attribute("timestamp").value(), "2026-01-02T03:04:05");
  EXPECT_STREQ(suites.last_child().attribute("id").value(), "1");
  EXPECT_STREQ(suites.last_child().attribute("timestamp").value(), "1970-01-01T00:00:00");
  EXPECT_EQ(suites.last_child().attribute("errors").as_int(), 1);
}

TEST(Html, IsOnePageWithoutReferencesToOthers) {
  const auto page = toHtml(sampleResults());
  for (const auto* reference : {"http:", "https:", "src=", "href=\"h", "href=\"/", "@import", "url(", "<script"}) {
    EXPECT_THAT(page, ::testing::Not(HasSubstr(reference)));
  }
  EXPECT_THAT(page, HasSubstr("prefers-color-scheme: dark"));
}

TEST(Html, ShowsVerdictProfilesExpectationsStepsAndFailures) {
  const auto page = toHtml(sampleResults());
  EXPECT_THAT(page, HasSubstr("monday &amp; &lt;friends&gt; <span class=\"verdict failed\">failed</span>"));
  for (const auto* text :
       {"amt-3.2.2", "a.yaml:9:5", "<svg", ">hello<", "psk-refused", "alert 20 &lt;bad_record_mac&gt;", "limited by"}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
}

TEST(Html, TagsFitTogether) {
  auto page = toHtml(sampleResults());
  // The page's void elements are the only ones that XML would not take.
  const auto close = [&](const std::string& tag) {
    for (auto at = page.find(tag); at != std::string::npos; at = page.find(tag, at + tag.size() + 1)) {
      page.insert(page.find('>', at), "/");
    }
  };
  close("<meta");
  close("<br");
  page.erase(0, page.find('\n') + 1);
  wellFormed(page);
}

TEST(Escape, KeepsTextAndReplacesWhatXmlCannotHold) {
  EXPECT_EQ(escaped("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
  EXPECT_EQ(escaped("tab\tnewline\n"), "tab\tnewline\n");
  EXPECT_EQ(escaped("Grüße €"), "Grüße €");
  EXPECT_EQ(escaped(std::string("\x01\x00", 2)), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(escaped("\xC3"), "\xEF\xBF\xBD");                                  // cut
  EXPECT_EQ(escaped("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");                  // overlong
  EXPECT_EQ(escaped("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // a surrogate
  EXPECT_EQ(escaped("\xF0\x9F\x98\x80"), "\xF0\x9F\x98\x80");
}

TEST(Quantile, IsTheNearestRank) {
  std::vector<double> values{5, 1, 4, 2, 3};
  EXPECT_EQ(quantile(values, 0.5), 3);
  EXPECT_EQ(quantile(values, 0.95), 5);
  EXPECT_EQ(quantile(values, 0.2), 1);
  EXPECT_EQ(quantile(values, 0.21), 2);
  EXPECT_EQ(quantile(values, 0), 1);
  EXPECT_EQ(quantile(values, 1), 5);
}

TEST(Quantile, OfNothingAndOfOne) {
  std::vector<double> none, one{7};
  EXPECT_EQ(quantile(none, 0.5), 0);
  EXPECT_EQ(quantile(one, 0.01), 7);
  EXPECT_EQ(quantile(one, 0.99), 7);
}

TEST(Write, MakesTheFolderAndAllFiles) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "vme-report-test" / "deep";
  std::filesystem::remove_all(folder.parent_path());
  write(folder, sampleResults());
  std::ifstream file(folder / "results.json");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), toJson(sampleResults()));
  for (const auto* name : {"machines.jsonl", "junit.xml", "report.html"}) {
    EXPECT_GT(std::filesystem::file_size(folder / name), 0U) << name;
  }
  std::filesystem::remove_all(folder.parent_path());
}

TEST(Write, SaysWhyTheFolderCannotBeMade) {
  const auto file = std::filesystem::path(::testing::TempDir()) / "vme-report-file";
  std::ofstream(file) << "x";
  try {
    write(file / "below", sampleResults());
    FAIL() << "no error";
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.what(), ::testing::AllOf(HasSubstr("vme-report-file/below: cannot be made ("),
                                               HasSubstr("name another folder with --report")));
  }
  std::filesystem::remove(file);
}

TEST(Verdict, HasTheWordsOfTheInterface) {
  EXPECT_EQ(wordOf(Verdict::held), "held");
  EXPECT_EQ(wordOf(Verdict::failed), "failed");
  EXPECT_EQ(wordOf(Verdict::interrupted), "interrupted");
  EXPECT_EQ(wordOf(Verdict::error), "error");
}

}  // namespace
}  // namespace vme::report
