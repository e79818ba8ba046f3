#include "cli/backup_rows.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <ostream>

#include "lang/diagnostics/visible.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx {
namespace {

std::string title(const BackupJob& job) { return fmt::format("{} → {}", job.backup, job.repository); }

}  // namespace

BackupRows::BackupRows(const std::vector<BackupJob>& jobs) {
  for (const auto& job : jobs) {
    service_ = std::max(service_, job.service.size());
    title_ = std::max(title_, job.backup.size() + job.repository.size() + 3);
  }
}

std::string BackupRows::begin(const BackupJob& job) const {
  return fmt::format("  {:<{}}  {:<{}}", job.service, service_, title(job), title_);
}

void BackupRows::print_error(std::ostream& out, const BackupJob& job, const Error& error) const {
  const auto first = std::min(error.message.find('\n'), error.message.size());
  out << fmt::format("{}  error: {}\n", begin(job), visible(error.message.substr(0, first)));
  print_words(out, error.message.substr(first));
  if (!error.help.empty()) out << "      help: " << error.help << "\n";
}

void print_words(std::ostream& out, const std::string& words) {
  for (const auto& line : split_list(words, "\n")) out << "      " << visible(line) << "\n";
}

std::vector<Option> backup_options(std::vector<Option> own) {
  for (auto& option : host_options()) {
    if (option.name != "e") own.push_back(std::move(option));
  }
  for (auto& option : configuration_options()) own.push_back(std::move(option));
  return own;
}

Option from_option() { return {"from", "BACKUP", "only what this `backup` block takes"}; }

Positional services_positional() { return {"SERVICE", "only these services", false, true}; }

}  // namespace nmx
