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

Task<std::vector<std::string>> FlakeFolder::tell_git(std::vector<std::string> files) const {
  const auto git = [&](std::vector<std::string> words) {
    ChildCommand command;
    command.arguments = {"git", "-C", folder_.string()};
    command.arguments.insert(command.arguments.end(), words.begin(), words.end());
    command.timeout = Milliseconds{30'000};
    return command;
  };
  std::vector<std::string> notes;
  auto asking = env_->run(git({"rev-parse", "--is-inside-work-tree"}));
  const auto inside = co_await asking;
  if (!inside || inside->exit_code != 0) co_return notes;  // no repository: Nix takes the folder as it is
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
