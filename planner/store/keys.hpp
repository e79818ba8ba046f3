#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "lang/diagnostics/result.hpp"
#include "planner/seal.hpp"
#include "planner/state.hpp"

namespace nmx {

/// Where the key of a state comes from, as it was set.
struct KeySource {
  /// A key: 64 hexadecimal digits, base64 of 32 bytes, or the path of a key file. Empty: `file` holds it.
  std::string key;
  /// Made (random, mode 0600) when it is missing and nothing else is set.
  std::filesystem::path file;
  /// Not empty: the key is made of this.
  std::string passphrase;
};

/// Gives the keys of states. What a passphrase takes long to make is made once.
class Keyring {
 public:
  /// Errors: a key that is none. A passphrase is only tried when a state is at hand.
  static Result<Keyring> open(KeySource source);

  /// The key that opens a state whose text says how its key was made: by `Argon2`, or not from a passphrase.
  Result<StateKey> key_for(const std::optional<Argon2>& made);
  /// How the key of a state that does not exist yet is to be made; a key file that is missing is made.
  Result<std::optional<Argon2>> for_newborn();

  /// A new random key beside the key file, for a state that is about to be sealed with it. Errors: the key comes from
  /// elsewhere.
  Result<StateKey> prepare_change() const;
  /// Puts such a key in the key file's place, where the state is sealed with it (its mark tells); a change that was cut
  /// short is so brought to its end. Nothing: there is none. The former key is kept as `key.1` and so on, for what else
  /// is sealed with it: other environments, or other sites with the same file.
  Result<std::optional<StateKey>> finish_change(const std::string& lineage, const std::string& mark);
  /// The kept former key that a state is sealed with.
  std::optional<StateKey> former_key(const std::string& lineage, const std::string& mark) const;

 private:
  explicit Keyring(KeySource source) : source_(std::move(source)) {}
  KeySource source_;
  std::optional<StateKey> key_;
  std::optional<Argon2> made_;
};

/// A key made of a passphrase: Argon2id, 256 MiB. Takes half a second.
Result<StateKey> key_from_passphrase(std::string_view passphrase, const Argon2& how);
/// With a fresh random salt.
Argon2 fresh_argon2();

/// The key that a state is to be sealed with from now on, and how it is made where that is of a passphrase.
struct NewKey {
  StateKey key;
  std::optional<Argon2> passphrase;
};
/// One that is given from outside, as `NMX_STATE_KEY` or as a passphrase.
Result<NewKey> new_key(std::string_view setting, std::string_view passphrase);

/// Derives what nmx generates for a state: by its own derivation key, which stays when its key changes.
Seal derivation(const State& state, const StateKey& key);

}  // namespace nmx
