#include "providers/nix/flake_copy.hpp"

#include <fmt/core.h>
#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "planner/store/files.hpp"

namespace nmx::nix {
namespace {

namespace fs = std::filesystem;

/// A file or a link, with the folders above it. What is gone meanwhile is passed over, as Nix does with what git still
/// lists.
std::error_code take_over(const fs::path& from, const fs::path& to) {
  std::error_code error;
  const auto status = fs::symlink_status(from, error);
  if (!fs::exists(status) || fs::is_directory(status)) return {};
  fs::create_directories(to.parent_path(), error);
  if (!error) fs::copy(from, to, fs::copy_options::copy_symlinks | fs::copy_options::overwrite_existing, error);
  return error;
}

}  // namespace

Task<Result<std::unique_ptr<FlakeCopy>>> FlakeCopy::make(FlakeFolder flake, ProposedFiles proposed) {
  auto pattern = (fs::temp_directory_path() / "nmx-flake-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr)
    co_return Error{fmt::format("cannot make `{}`: {}", pattern, strerror(errno))};
  auto copy = std::unique_ptr<FlakeCopy>(new FlakeCopy(pattern, !proposed.empty()));
  auto listing = flake.files();
  const auto files = co_await listing;
  if (!files) co_return files.error();
  for (const auto& file : *files) {
    if (const auto error = take_over(flake.folder() / file, copy->folder_ / file))
      co_return Error{fmt::format("cannot copy `{}`: {}", (flake.folder() / file).string(), error.message())};
  }
  for (const auto& [file, text] : proposed) {
    if (auto put = copy->put(file, text); !put) co_return put.error();
  }
  std::error_code error;
  if (!fs::exists(copy->folder_ / "flake.nix", error))
    co_return Error{"git does not know `flake.nix`, so Nix does not see it", "`git add flake.nix`"};
  co_return std::move(copy);
}

FlakeCopy::~FlakeCopy() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

Status FlakeCopy::put(std::string_view file, std::string_view text) const {
  const auto path = folder_ / file;
  std::error_code error;
  if (text.empty()) {
    fs::remove(path, error);
  } else {
    fs::create_directories(path.parent_path(), error);
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) return Error{fmt::format("cannot write `{}`", path.string())};
  }
  return Done{};
}

Result<std::string> FlakeCopy::read(std::string_view file) const {
  auto text = read_whole(folder_ / file);
  if (!text) return text.error();
  return text->value_or("");
}

}  // namespace nmx::nix
