#include "scenario/explain.hpp"

#include <gmock/gmock.h>

#include "scenario/starter.hpp"
#include "unit/scenario/text.hpp"

namespace vme::scenario {
namespace {

using ::testing::HasSubstr;

TEST(Explain, SaysWhoComesWhenAndWhatGoesWrong) {
  const auto text =
      explain(parse("s.yaml",
                    "name: n\ndescription: A test.\nclock: {speed: 60}\nseed: 9\n"
                    "field: {id: [a-b, c-d], symptom: no answer, naive: fails, why: a bug, correct: waits}\n"
                    "groups:\n  - {name: g, machines: 3, profile: amt-2.1, arrival: {over: 2m, shape: ramp}, "
                    "service_point_knows: {pps: wrong}, overrides: {\"1\": {approval: block}}}\n"
                    "expect: [failed: 2]\n",
                    {}));
  EXPECT_THAT(text, HasSubstr("n: 3 machines, seed 9\n  A test.\nreproduces a-b, c-d\n  symptom: no answer\n"));
  EXPECT_THAT(text, HasSubstr("a correct server: waits\n  a server that takes no care fails\n"));
  EXPECT_THAT(text, HasSubstr("g/0: 1 machine with amt-2.1\n"));
  EXPECT_THAT(text,
              HasSubstr("come within 2 min, more and more of them towards the end, send hellos and are set up with "
                        "the PSK pair that was entered"));
  EXPECT_THAT(text, HasSubstr("what goes wrong: the service point's list blocks them\n"));
  EXPECT_THAT(text, HasSubstr("runs 60 times as fast: after 2 s\n"));
  EXPECT_THAT(text, HasSubstr("what must hold\n  failed: 2\n"));
  EXPECT_THAT(text,
              HasSubstr("ports 16992 (HTTP) and 16993 (TLS) on 127.16.0.0 to 127.16.0.2, for this computer alone"));
}

TEST(Explain, SaysWhatIsOpenedToTheNetwork) {
  const auto text = explain(parse("s.yaml", withTop("address: 10.0.0.1\nservice_point: {host: sp.example}\n"), {}));
  EXPECT_THAT(text, HasSubstr("on 10.0.0.1 to 10.0.0.4, for the network\n"));
  EXPECT_THAT(text, HasSubstr("hellos go to the service point sp.example:9971, which runs elsewhere\n"));
}

TEST(Starter, EachLoadsAndIsExplained) {
  ASSERT_EQ(starters().size(), 4U);
  for (const auto& starter : starters()) {
    const auto scenario = parse("s.yaml", starterText(starter, "my-own"), {});
    EXPECT_EQ(scenario.name, "my-own") << starter.name;
    EXPECT_THAT(explain(scenario), HasSubstr("who comes\n")) << starter.name;
    EXPECT_EQ(starterText(starter, "my-own").find("NAME"), std::string::npos) << starter.name;
  }
}

}  // namespace
}  // namespace vme::scenario
