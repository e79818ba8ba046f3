#pragma once

#include <gtest/gtest.h>

#include "tests/e2e/switched_site.hpp"

namespace nmx::test {

/// A site whose services are backed up by the real restic, with one `backup nightly {}` in it.
class BackedUpSite : public testing::Test {
 protected:
  void SetUp() override;

  /// Adds blocks to the site and applies it; a plan after that is silent.
  void begin(const std::string& blocks) const;
  std::string run(const std::string& line) const { return site_->run(line); }
  ShellResult shell(const std::string& line) const { return site_->shell(line); }
  /// `nmx backup WORDS`, as the operator.
  ShellResult backup(const std::string& words) const;
  /// The same, which must go well.
  std::string do_backup(const std::string& words) const;
  /// A command on a machine.
  std::string on(const std::string& host, const std::string& command) const { return site_->on(host, command); }
  std::string journal(const std::string& host, const std::string& job) const;
  /// A command that stays in the background until the test ends.
  void serve(const std::string& command);
  void TearDown() override;

  /// A block; the network may reach it, so that it answers in the lab.
  const std::string vaultwarden = "service vaultwarden { port http { from = [network.lan] } }\n";
  /// What Vaultwarden would have written: files, and rows of a database whose log is not folded in.
  void write_passwords() const;
  /// All of it: names, owners and modes of files, what is in them, the rows.
  std::string passwords(const std::string& host = "vaultwarden") const;

  std::optional<SwitchedSite> site_;

 private:
  std::vector<std::string> servers_;
};

}  // namespace nmx::test
