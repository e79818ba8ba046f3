#include "planner/store/keys.hpp"

#include <fmt/core.h>
#include <sodium.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "planner/state_file.hpp"
#include "planner/store/files.hpp"

namespace nmx {
namespace {

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

bool is_there(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::exists(file, ignored);
}

std::filesystem::path next_to(const std::filesystem::path& file) { return file.string() + ".next"; }

/// `key.1` is the first that was replaced.
std::filesystem::path former(const std::filesystem::path& file, int number) {
  return fmt::format("{}.{}", file.string(), number);
}

int formers(const std::filesystem::path& file) {
  int count = 0;
  while (is_there(former(file, count + 1))) ++count;
  return count;
}

}  // namespace

Argon2 fresh_argon2() {
  return {random_bytes(crypto_pwhash_SALTBYTES), crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE};
}

Result<StateKey> key_from_passphrase(std::string_view passphrase, const Argon2& how) {
  // A state that somebody else wrote must not make nmx work for hours or take all memory.
  if (how.salt.size() != crypto_pwhash_SALTBYTES || how.memory > (std::uint64_t{4} << 30) || how.operations > 64) {
    return Error{"the state says that its key is made of a passphrase in a way that nmx does not do"};
  }
  std::string bytes(32, '\0');
  if (crypto_pwhash(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), passphrase.data(), passphrase.size(),
                    reinterpret_cast<const unsigned char*>(how.salt.data()), how.operations,
                    static_cast<std::size_t>(how.memory), crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return Error{fmt::format("cannot make the state key of the passphrase: {} MiB of memory are not to be had",
                             how.memory >> 20)};
  }
  auto key = StateKey::from_bytes(bytes);
  wipe(bytes);
  return key;
}

Result<Keyring> Keyring::open(KeySource source) {
  if (sodium_init() < 0) return Error{"the cryptographic library cannot start"};
  Keyring ring(std::move(source));
  if (!ring.source_.passphrase.empty() || (ring.source_.key.empty() && !is_there(ring.source_.file))) return ring;
  auto key = StateKey::load(ring.source_.key, ring.source_.file);
  if (!key) return key.error();
  ring.key_ = *std::move(key);
  return ring;
}

Result<StateKey> Keyring::key_for(const std::optional<Argon2>& made) {
  if (!made) {
    if (!source_.passphrase.empty()) {
      return Error{
          "the key of this state is made of no passphrase, and one was given",
          "use the key that the state has; `nmx state rekey` with NMX_NEW_STATE_PASSPHRASE changes to a passphrase"};
    }
    if (key_) return *key_;
    return Error{fmt::format("the key of this state, `{}`, is missing", source_.file.string()),
                 "put it there, or set `NMX_STATE_KEY`; without it no secret of the state can be read"};
  }
  if (source_.passphrase.empty()) {
    return Error{"the key of this state is made of a passphrase",
                 "set `NMX_STATE_PASSPHRASE`, or `passphrase` in the `state` block"};
  }
  if (key_ && made_ == made) return *key_;
  auto key = key_from_passphrase(source_.passphrase, *made);
  if (!key) return key.error();
  made_ = made;
  key_ = *key;
  return key;
}

Result<std::optional<Argon2>> Keyring::for_newborn() {
  if (!source_.passphrase.empty()) return std::optional(fresh_argon2());
  if (!key_) {
    auto key = StateKey::load(source_.key, source_.file);
    if (!key) return key.error();
    key_ = *std::move(key);
  }
  return std::optional<Argon2>();
}

Result<StateKey> Keyring::prepare_change() const {
  if (!source_.key.empty() || !source_.passphrase.empty()) {
    return Error{"the key of this state is given from outside, so nmx cannot make another in its place",
                 "give the new one: NMX_NEW_STATE_KEY or NMX_NEW_STATE_PASSPHRASE"};
  }
  const auto next = next_to(source_.file);
  if (!is_there(next)) {
    auto bytes = random_bytes(32);
    const auto written = replace_file(next, bytes);
    wipe(bytes);
    if (!written) return written.error();
  }
  return StateKey::load({}, next);
}

Result<std::optional<StateKey>> Keyring::finish_change(const std::string& lineage, const std::string& mark) {
  const auto nothing = std::optional<StateKey>();
  if (!source_.key.empty() || !source_.passphrase.empty() || !is_there(next_to(source_.file))) return nothing;
  auto next = StateKey::load({}, next_to(source_.file));
  if (!next || key_mark(*next, lineage) != mark) return nothing;
  // A second name first: at no moment is a key without one.
  const auto kept = former(source_.file, formers(source_.file) + 1);
  if (::link(source_.file.c_str(), kept.c_str()) != 0 && errno != ENOENT) {
    return Error{fmt::format("cannot keep the former key as `{}`: {}", kept.string(), std::strerror(errno))};
  }
  if (auto renamed = rename_file(next_to(source_.file), source_.file); !renamed) return renamed.error();
  key_ = *next;
  return std::optional(*std::move(next));
}

std::optional<StateKey> Keyring::former_key(const std::string& lineage, const std::string& mark) const {
  if (!source_.key.empty() || !source_.passphrase.empty()) return std::nullopt;
  for (int number = formers(source_.file); number > 0; --number) {
    auto key = StateKey::load({}, former(source_.file, number));
    if (key && key_mark(*key, lineage) == mark) return *std::move(key);
  }
  return std::nullopt;
}

Result<NewKey> new_key(std::string_view setting, std::string_view passphrase) {
  if (passphrase.empty()) {
    auto key = StateKey::load(setting, {});
    if (!key) return key.error();
    return NewKey{*std::move(key), std::nullopt};
  }
  if (sodium_init() < 0) return Error{"the cryptographic library cannot start"};
  const auto how = fresh_argon2();
  auto key = key_from_passphrase(passphrase, how);
  if (!key) return key.error();
  return NewKey{*std::move(key), how};
}

Seal derivation(const State& state, const StateKey& key) {
  return Seal(state.derivation.empty() ? key : StateKey::from_bytes(state.derivation), state.lineage);
}

}  // namespace nmx
