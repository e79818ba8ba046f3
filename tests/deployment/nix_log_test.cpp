#include "providers/nix/nix_log.hpp"

#include <gtest/gtest.h>

namespace nmx::nix {
namespace {

TEST(NixLog, counts_what_is_built_and_copied) {
  NixLog log;
  EXPECT_FALSE(log.feed("@nix {\"action\":\"start\",\"id\":7,\"level\":0,\"type\":104,\"text\":\"\"}\n"));
  EXPECT_EQ(log.progress(), "");
  EXPECT_TRUE(log.feed("@nix {\"action\":\"result\",\"id\":7,\"type\":105,\"fields\":[3,12,1,0]}\n"));
  EXPECT_EQ(log.progress(), "building 3 of 12");
  EXPECT_FALSE(log.feed("@nix {\"action\":\"result\",\"id\":7,\"type\":105,\"fields\":[3,12,2,0]}\n"));
  log.feed("@nix {\"action\":\"start\",\"id\":8,\"level\":0,\"type\":103}\n");
  log.feed("@nix {\"action\":\"result\",\"id\":8,\"type\":105,\"fields\":[40,812,1,0]}\n");
  EXPECT_EQ(log.progress(), "building 3 of 12, copying 40 of 812");
}

TEST(NixLog, reads_lines_that_come_in_pieces) {
  NixLog log;
  log.feed("@nix {\"action\":\"start\",\"id\":7,\"ty");
  log.feed("pe\":104}\n@nix {\"action\":\"result\",\"id\":7,\"type\":105,");
  EXPECT_TRUE(log.feed("\"fields\":[1,2,0,0]}\n"));
  EXPECT_EQ(log.progress(), "building 1 of 2");
}

TEST(NixLog, keeps_errors_without_their_colours) {
  NixLog log;
  log.feed(
      "@nix {\"action\":\"msg\",\"level\":3,\"msg\":\"these derivations will be built\"}\n"
      "@nix {\"action\":\"msg\",\"level\":0,\"msg\":\"\\u001b[31;1merror:\\u001b[0m no such option\"}\n");
  EXPECT_EQ(log.failure(), "error: no such option");
}

TEST(NixLog, passes_over_what_it_does_not_know) {
  NixLog log;
  EXPECT_FALSE(log.feed(
      "@nix {\"action\":\"start\"}\n@nix [1]\n@nix {\n@nix {\"action\":\"result\",\"type\":105,\"fields\":7}\n"));
  EXPECT_EQ(log.failure(), "");
}

}  // namespace
}  // namespace nmx::nix
