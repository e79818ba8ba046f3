#include "planner/seal.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <vector>

#include "planner/checksum.hpp"

namespace nmx {
namespace {

constexpr std::size_t key_size = 32;
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// A keyed hash over parts of any length, so that no two lists of parts give the same input.
class KeyedHash {
 public:
  explicit KeyedHash(const unsigned char* key) { crypto_auth_hmacsha256_init(&state_, key, key_size); }
  KeyedHash& add(std::string_view part) {
    const std::uint64_t size = part.size();
    std::array<unsigned char, 8> prefix;
    for (std::size_t i = 0; i < prefix.size(); ++i) prefix[i] = static_cast<unsigned char>(size >> (8 * i));
    crypto_auth_hmacsha256_update(&state_, prefix.data(), prefix.size());
    crypto_auth_hmacsha256_update(&state_, bytes_of(part), part.size());
    return *this;
  }
  std::string finish() {
    std::string digest(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256_final(&state_, bytes_of(digest));
    return digest;
  }

 private:
  crypto_auth_hmacsha256_state state_;
};

std::string to_base64(const std::string& bytes) {
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes_of(std::string_view(bytes)), bytes.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // the terminating zero
  return text;
}

/// Empty where it is none.
std::string from_base64(std::string_view text) {
  // The library takes some bytes beyond ASCII for the letters they differ from by one bit.
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7f; })) return {};
  std::string bytes(text.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(bytes_of(bytes), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr,
                        sodium_base64_VARIANT_ORIGINAL) != 0) {
    return {};
  }
  bytes.resize(size);
  return bytes;
}

Result<StateKey> read_key(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return Error{fmt::format("cannot read the state key `{}`: {}", file.string(), std::strerror(errno))};
  struct stat about {};
  std::string bytes(key_size + 1, '\0');
  const bool known = ::fstat(descriptor, &about) == 0;
  const auto count = ::read(descriptor, bytes.data(), bytes.size());
  ::close(descriptor);
  if (known && (about.st_mode & 077) != 0) {
    wipe(bytes);
    return Error{fmt::format("others may read the state key `{}`", file.string()),
                 fmt::format("chmod 600 {}", file.string())};
  }
  if (count != static_cast<ssize_t>(key_size)) {
    wipe(bytes);
    return Error{fmt::format("`{}` is no state key: it must hold exactly {} bytes", file.string(), key_size),
                 "put back the key that this state was made with; without it no secret in it can be read"};
  }
  auto key = StateKey::from_bytes(std::string_view(bytes).substr(0, key_size));
  wipe(bytes);
  return key;
}

Status make_key(const std::filesystem::path& file) {
  std::string bytes(key_size, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  const auto fresh = file.string() + fmt::format(".{}.tmp", ::getpid());
  const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written = descriptor >= 0 &&
                       ::write(descriptor, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
                       ::fsync(descriptor) == 0;
  const int reason = errno;
  wipe(bytes);
  if (descriptor >= 0) ::close(descriptor);
  // A link, not a rename: a key that another process made meanwhile stays.
  const bool linked = written && (::link(fresh.c_str(), file.c_str()) == 0 || errno == EEXIST);
  const int link_reason = errno;
  ::unlink(fresh.c_str());
  if (linked) return Done{};
  return Error{
      fmt::format("cannot make the state key `{}`: {}", file.string(), std::strerror(written ? link_reason : reason))};
}

}  // namespace

void wipe(std::string& text) {
  sodium_memzero(text.data(), text.size());
  text.clear();
}

StateKey StateKey::from_bytes(std::string_view bytes) {
  if (sodium_init() < 0 || bytes.size() != key_size) throw std::logic_error("a state key has 32 bytes");
  auto* memory = static_cast<unsigned char*>(sodium_malloc(key_size));
  if (memory == nullptr) throw std::bad_alloc();
  std::memcpy(memory, bytes.data(), key_size);
  sodium_mprotect_readonly(memory);
  StateKey key;
  key.bytes_ = std::shared_ptr<unsigned char>(memory, sodium_free);
  return key;
}

Result<StateKey> StateKey::load(std::string_view setting, const std::filesystem::path& file) {
  if (sodium_init() < 0) return Error{"the cryptographic library cannot start"};
  if (!setting.empty()) {
    std::optional<StateKey> key;
    for (auto* const decode : {&from_hex, &from_base64}) {
      auto bytes = decode(setting);
      if (!key && bytes.size() == key_size) key = from_bytes(bytes);
      wipe(bytes);
    }
    if (key) return *std::move(key);
    std::error_code ignored;
    if (setting.size() < 4096 && std::filesystem::exists(std::filesystem::path(setting), ignored)) {
      return read_key(std::filesystem::path(setting));
    }
    return Error{"the state key is neither 64 hexadecimal digits, nor base64 of 32 bytes, nor a file",
                 "set `NMX_STATE_KEY` to the key, or to the path of a key file"};
  }
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    const auto made = make_key(file);
    if (!made) return made.error();
  }
  return read_key(file);
}

Seal::Seal(StateKey key, std::string lineage) : key_(std::move(key)), lineage_(std::move(lineage)) {}

std::string Seal::close(std::string_view place, std::string_view plain) const {
  // The nonce depends on place and content: equal states are equal bytes, and no nonce ever meets two contents.
  const auto nonce = KeyedHash(key_.bytes()).add("nonce").add(lineage_).add(place).add(plain).finish();
  const auto about = lineage_ + '\0' + std::string(place);
  std::string sealed(nonce_size + plain.size() + tag_size, '\0');
  std::memcpy(sealed.data(), nonce.data(), nonce_size);
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(sealed) + nonce_size, nullptr, bytes_of(plain), plain.size(),
                                             bytes_of(std::string_view(about)), about.size(), nullptr, bytes_of(sealed),
                                             key_.bytes());
  return to_base64(sealed);
}

Result<std::string> Seal::open(std::string_view place, std::string_view sealed) const {
  const auto bytes = from_base64(sealed);
  const auto about = lineage_ + '\0' + std::string(place);
  std::string plain(bytes.size() < nonce_size + tag_size ? 0 : bytes.size() - nonce_size - tag_size, '\0');
  if (bytes.size() < nonce_size + tag_size ||
      crypto_aead_xchacha20poly1305_ietf_decrypt(
          bytes_of(plain), nullptr, nullptr, bytes_of(std::string_view(bytes)) + nonce_size, bytes.size() - nonce_size,
          bytes_of(std::string_view(about)), about.size(), bytes_of(std::string_view(bytes)), key_.bytes()) != 0) {
    wipe(plain);
    return Error{fmt::format("cannot unseal `{}`: it was sealed with another key, or changed", place),
                 "check that `NMX_STATE_KEY`, or the key file beside the state, is the one this state was made with"};
  }
  return plain;
}

std::string Seal::derive(std::string_view label) const {
  return KeyedHash(key_.bytes()).add("derive").add(lineage_).add(label).finish();
}

}  // namespace nmx
