#include "providers/nix/flake_lock.hpp"

#include "providers/nix/deploy.hpp"
#include "providers/nix/lock_file.hpp"

namespace nmx::nix {
namespace {

constexpr std::string_view lock_file = "flake.lock";

}  // namespace

Task<Status> store_own_folders(Env* env, const FlakeCopy* copy) {
  const auto text = copy->read(lock_file);
  if (!text) co_return text.error();
  const auto folders = own_folders(*text);
  if (!folders) co_return folders.error();
  std::map<std::string, std::string> hashes;
  for (const auto& folder : *folders) {
    auto storing = store_folder(env, (copy->folder() / folder.path).lexically_normal());
    const auto hash = co_await storing;
    if (!hash) co_return hash.error();
    hashes.emplace(folder.node, *hash);
  }
  const auto now = with_hashes(*text, hashes);
  if (!now) co_return now.error();
  if (*now == *text) co_return Done{};
  co_return copy->put(lock_file, *now);
}

Task<Status> complete_lock(Env* env, const FlakeCopy* copy, FlakeFolder flake) {
  auto storing = store_own_folders(env, copy);
  if (const auto stored = co_await storing; !stored) co_return stored.error();
  auto locking = lock_inputs(env, copy->reference());
  if (const auto locked = co_await locking; !locked) co_return locked.error();
  if (copy->is_proposal()) co_return Done{};
  const auto now = copy->read(lock_file);
  if (!now) co_return now.error();
  const auto before = flake.read(lock_file);
  if (!before) co_return before.error();
  const auto same = lock_the_same(before->value_or(""), *now);
  if (!same) co_return same.error();
  if (*same) co_return Done{};
  if (auto written = flake.write(lock_file, *now); !written) co_return written;
  auto telling = flake.tell_git({std::string(lock_file)});
  co_await telling;
  co_return Done{};
}

Status keep_hashes(const FlakeCopy& copy, const FlakeFolder& flake) {
  const auto now = copy.read(lock_file);
  if (!now) return now.error();
  const auto before = flake.read(lock_file);
  if (!before) return before.error();
  // Somebody may have locked other inputs meanwhile.
  const auto same = lock_the_same(before->value_or(""), *now);
  if (!same) return same.error();
  return *same ? flake.write(lock_file, *now) : Done{};
}

Task<Result<std::string>> renewed_lock(Env* env, FlakeFolder flake, ProposedFiles proposed,
                                       std::vector<std::string> inputs) {
  auto copying = FlakeCopy::make(flake, std::move(proposed));
  const auto copy = co_await copying;
  if (!copy) co_return copy.error();
  const auto text = (*copy)->read(lock_file);
  if (!text) co_return text.error();
  const auto rest = without_inputs(*text, inputs);
  if (!rest) co_return rest.error();
  if (auto put = (*copy)->put(lock_file, *rest); !put) co_return put.error();
  auto storing = store_own_folders(env, copy->get());
  if (const auto stored = co_await storing; !stored) co_return stored.error();
  auto locking = lock_inputs(env, (*copy)->reference());
  if (const auto locked = co_await locking; !locked) co_return locked.error();
  co_return (*copy)->read(lock_file);
}

}  // namespace nmx::nix
