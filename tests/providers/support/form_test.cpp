#include "providers/support/form.hpp"

#include <gtest/gtest.h>

namespace nmx {
namespace {

TEST(Form, encodes_every_byte_that_a_server_splits_at) {
  Form form;
  form.set("net0", "name=eth0,bridge=vmbr0;x&y+z%1 ü");
  EXPECT_EQ(form.encoded(), "net0=name%3Deth0%2Cbridge%3Dvmbr0%3Bx%26y%2Bz%251%20%C3%BC");
}

TEST(Form, decodes_what_it_encodes) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
}

TEST(Form, leaves_a_broken_escape_as_it_is) { EXPECT_EQ(percent_decode("100%,%4"), "100%,%4"); }

TEST(Form, keeps_secrets_out_of_logs) {
  Form form;
  form.set("username", "root@pam");
  form.set_secret("password", "hunter2");
  EXPECT_EQ(form.redacted(), "username=root@pam&password=(secret)");
  EXPECT_EQ(form.encoded(), "username=root%40pam&password=hunter2");
}

TEST(Form, sends_a_name_once) {
  Form form;
  form.set("memory", 512);
  form.set("start", true);
  form.set("memory", 1024);
  EXPECT_EQ(form.encoded(), "memory=1024&start=1");
}

}  // namespace
}  // namespace nmx
