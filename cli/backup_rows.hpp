#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "cli/backups.hpp"

namespace nmx {

/// The lines that commands print of backups, a job a line; those of one command begin with the same columns.
class BackupRows {
 public:
  explicit BackupRows(const std::vector<BackupJob>& jobs);
  /// `  vaultwarden  nightly → offsite`
  std::string begin(const BackupJob& job) const;
  void print_error(std::ostream& out, const BackupJob& job, const Error& error) const;

 private:
  std::size_t service_ = 0;
  std::size_t title_ = 0;
};

/// What somebody said, below what it is about.
void print_words(std::ostream& out, const std::string& words);

/// These, and how to reach hosts and read the configuration.
std::vector<Option> backup_options(std::vector<Option> own);
Option from_option();
Positional services_positional();

}  // namespace nmx
