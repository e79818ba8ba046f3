#include "providers/nix/flake_folder.hpp"

#include <fmt/core.h>

#include "planner/store/files.hpp"

namespace nmx::nix {
namespace {

/// Others may read the flake: what is secret in it is encrypted.
constexpr unsigned readable_by_all = 0644;

}  // namespace

Result<std::optional<std::string>> FlakeFolder::read(std::string_view file) const { return read_whole(folder_ / file); }

Status FlakeFolder::write(std::string_view file, std::string_view text) const {
  const auto path = folder_ / file;
  const auto there = read_whole(path);
  if (there && *there && **there == text) return Done{};
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (error) return Error{fmt::format("cannot make `{}`: {}", path.parent_path().string(), error.message())};
  return replace_file(path, text, readable_by_all);
}

Status FlakeFolder::remove(std::string_view file) const { return remove_file(folder_ / file); }

ChildCommand FlakeFolder::git(const std::vector<std::string>& words) const {
  ChildCommand command;
  command.arguments = {"git", "-C", folder_.string()};
  command.arguments.insert(command.arguments.end(), words.begin(), words.end());
  command.timeout = Milliseconds{30'000};
  return command;
}

Task<bool> FlakeFolder::is_repository() const {
  auto asking = env_->run(git({"rev-parse", "--is-inside-work-tree"}));
  const auto inside = co_await asking;
  co_return inside && inside->exit_code == 0;
}

Task<Result<std::vector<std::string>>> FlakeFolder::files() const {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  auto asking = is_repository();
  if (co_await asking) {
    auto listing = env_->run(git({"ls-files", "-z", "--cached"}));
    const auto listed = co_await listing;
    if (!listed) co_return listed.error();
    if (listed->exit_code != 0) co_return Error{"git does not tell its files: " + listed->errors};
    for (std::size_t at = 0; at < listed->output.size();) {
      const auto end = std::min(listed->output.find('\0', at), listed->output.size());
      files.push_back(listed->output.substr(at, end - at));
      at = end + 1;
    }
    co_return files;
  }
  std::error_code error;
  for (auto at = fs::recursive_directory_iterator(folder_, error); !error && at != fs::end(at); at.increment(error)) {
    const auto name = at->path().filename().string();
    const bool left_out = name.front() == '.' || (name.rfind("result", 0) == 0 && at->is_symlink());
    if (left_out) at.disable_recursion_pending();
    if (!left_out && !fs::is_directory(at->symlink_status()))
      files.push_back(at->path().lexically_relative(folder_).string());
  }
  if (error) co_return Error{fmt::format("cannot read `{}`: {}", folder_.string(), error.message())};
  co_return files;
}

Task<std::vector<std::string>> FlakeFolder::tell_git(std::vector<std::string> files) const {
  std::vector<std::string> notes;
  auto asking = is_repository();
  if (!co_await asking) co_return notes;  // Nix takes the folder as it is
  std::vector<std::string> add{"add", "--intent-to-add", "--"};
  std::vector<std::string> reset{"reset", "--quiet", "--"};
  for (const auto& file : files) {
    const auto there = read(file);
    (there && *there ? add : reset).push_back(file);
  }
  if (add.size() > 3) {
    auto adding = env_->run(git(add));
    const auto added = co_await adding;
    if (!added || added->exit_code != 0)
      notes.push_back(fmt::format("git does not take {}, so Nix will not see it: {}", add.back(),
                                  added ? added->errors : added.error().message));
  }
  if (reset.size() > 3) {
    auto resetting = env_->run(git(reset));
    co_await resetting;
  }
  co_return notes;
}

}  // namespace nmx::nix
