#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "tests/support/lab_process.hpp"

namespace nmx::test {

/// A site whose machines are switched: containers of a lab, systems built by the real Nix from nmx's own flake over a
/// stand-in for nixpkgs, and an operator's key. Goes with the object.
class SwitchedSite {
 public:
  /// What the machine lacks for this; nothing: it can.
  static std::optional<std::string> missing();
  /// `site`: the folder of one, below the project's.
  explicit SwitchedSite(const std::string& site);

  const LabProcess& lab() const { return lab_; }
  const std::filesystem::path& folder() const { return folder_; }
  /// One line of bash in the site.
  ShellResult shell(const std::string& line) const;
  /// The same; fails the test unless it succeeds.
  std::string run(const std::string& line) const;
  /// An expression of sed over the site's file.
  void edit(const std::string& expression) const;
  /// The next plan changes nothing.
  void expect_silence() const;
  /// What a command prints on a machine; `options` as for `nmx exec`.
  std::string on(const std::string& host, const std::string& command, const std::string& options = {}) const;
  /// The port of guests below 1024 on loopback.
  int port(int of_guest) const;

 private:
  LabProcess lab_;
  std::filesystem::path folder_;
};

void expect_in(const std::string& text, const std::string& part);

}  // namespace nmx::test
