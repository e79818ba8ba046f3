#include "providers/support/aes_gcm.hpp"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace nmx {
namespace {

constexpr int tag_size = 16;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

enum class Direction { close = 1, open = 0 };

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

/// A cipher that has read the bound text and waits for the bytes.
Cipher begin(Direction direction, std::string_view key, std::string_view nonce, std::string_view bound) {
  if (key.size() != 32) throw std::logic_error("AES-256 has keys of 32 bytes");
  Cipher cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  const auto way = static_cast<int>(direction);
  int written = 0;
  const bool ready =
      cipher && EVP_CipherInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, nullptr, nullptr, way) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_IVLEN, static_cast<int>(nonce.size()), nullptr) == 1 &&
      EVP_CipherInit_ex(cipher.get(), nullptr, nullptr, bytes_of(key), bytes_of(nonce), way) == 1 &&
      EVP_CipherUpdate(cipher.get(), nullptr, &written, bytes_of(bound), static_cast<int>(bound.size())) == 1;
  if (!ready) throw std::logic_error("OpenSSL refuses AES-256-GCM");
  return cipher;
}

}  // namespace

AesGcmText aes_gcm_close(std::string_view key, std::string_view nonce, std::string_view bound, std::string_view plain) {
  const auto cipher = begin(Direction::close, key, nonce, bound);
  AesGcmText closed{std::string(plain.size(), '\0'), std::string(tag_size, '\0')};
  int written = 0;
  int rest = 0;
  const bool done = EVP_CipherUpdate(cipher.get(), bytes_of(closed.bytes), &written, bytes_of(plain),
                                     static_cast<int>(plain.size())) == 1 &&
                    EVP_CipherFinal_ex(cipher.get(), bytes_of(closed.bytes) + written, &rest) == 1 &&
                    EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_size, closed.tag.data()) == 1;
  if (!done) throw std::logic_error("OpenSSL refuses AES-256-GCM");
  return closed;
}

std::optional<std::string> aes_gcm_open(std::string_view key, std::string_view nonce, std::string_view bound,
                                        const AesGcmText& closed) {
  if (nonce.empty() || closed.tag.size() != tag_size) return std::nullopt;
  const auto cipher = begin(Direction::open, key, nonce, bound);
  std::string plain(closed.bytes.size(), '\0');
  std::string tag = closed.tag;
  int written = 0;
  int rest = 0;
  const bool genuine = EVP_CipherUpdate(cipher.get(), bytes_of(plain), &written, bytes_of(closed.bytes),
                                        static_cast<int>(closed.bytes.size())) == 1 &&
                       EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()) == 1 &&
                       EVP_CipherFinal_ex(cipher.get(), bytes_of(plain) + written, &rest) == 1;
  return genuine ? std::optional(std::move(plain)) : std::nullopt;
}

}  // namespace nmx
