#include "providers/nix/code.hpp"

#include <gtest/gtest.h>

namespace nmx::nix {
namespace {

std::string body(const Object& settings) {
  const auto text = module_body(settings);
  return text ? *text : "error: " + text.error().message;
}

TEST(NixCode, writes_options_as_people_do) {
  const Object settings{
      {"networking",
       Object{{"hostName", "media"}, {"firewall", Object{{"enable", true}, {"allowedTCPPorts", List{80, 443}}}}}},
      {"services",
       Object{{"jellyfin", Object{{"enable", true}, {"openFirewall", false}}}, {"openssh", Object{{"enable", true}}}}},
      {"users", Object{{"users", Object{{"jellyfin", Object{{"extraGroups", List{"render", "video"}}}}}}}},
      {"environment", Object{{"systemPackages", List{Nix{"pkgs.jq"}, Nix{"(f x)"}}}}}};
  EXPECT_EQ(body(settings), R"(  environment.systemPackages = [ pkgs.jq ((f x)) ];

  networking.firewall = {
    allowedTCPPorts = [ 80 443 ];
    enable = true;
  };

  networking.hostName = "media";

  services.jellyfin = {
    enable = true;
    openFirewall = false;
  };

  services.openssh.enable = true;

  users.users.jellyfin.extraGroups = [ "render" "video" ];
)");
}

TEST(NixCode, writes_texts_of_several_lines_indented) {
  EXPECT_EQ(*code(Object{{"a", "x\n  ${y}\n\nz\n"}, {"b", "no\nend"}}), R"({
  a = ''
    x
      ''${y}

    z
  '';
  b = ''
    no
    end'';
})");
}

TEST(NixCode, quotes_texts_that_indentation_would_change) {
  for (const auto* text :
       {"  all\n  indented\n", "a\n \nb", "a\r\nb", "it''s\nx", "'${a}\nx", "ends with '\nx'", "\na"}) {
    EXPECT_EQ(code(Value(text))->front(), '"') << text;
  }
}

TEST(NixCode, breaks_long_lists) {
  EXPECT_EQ(*code(List{std::string(60, 'a'), std::string(60, 'b')}),
            "[\n  \"" + std::string(60, 'a') + "\"\n  \"" + std::string(60, 'b') + "\"\n]");
  EXPECT_EQ(*code(List{Object{{"a", 1}}, Object{{"b", -1}}}), "[\n  {\n    a = 1;\n  }\n  {\n    b = -1;\n  }\n]");
}

TEST(NixCode, refuses_a_zero_byte) { EXPECT_FALSE(code(Value(std::string("a\0b", 3)))); }

}  // namespace
}  // namespace nmx::nix
