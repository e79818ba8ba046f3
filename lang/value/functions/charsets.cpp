#include <fmt/core.h>
#include <iconv.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <memory>
#include <optional>

#include "lang/value/functions/digest.hpp"
#include "lang/value/functions/families.hpp"
#include "lang/value/unicode.hpp"

// Texts as bytes of other forms: in other character sets, compressed, encrypted.
namespace nmx {
namespace {

struct Close {
  void operator()(void* descriptor) const { iconv_close(static_cast<iconv_t>(descriptor)); }
};

/// Null pointer: no such character set. A name with a suffix (`//TRANSLIT`) would change what is converted, and an
/// empty one means that of the machine.
std::unique_ptr<void, Close> converter(const std::string& to, const std::string& from) {
  if (to.empty() || from.empty() || to.find('/') != to.npos || from.find('/') != from.npos) return nullptr;
  auto* const opened = iconv_open(to.c_str(), from.c_str());
  return std::unique_ptr<void, Close>(opened == reinterpret_cast<iconv_t>(-1) ? nullptr : opened);
}

/// Nothing: something in it has no counterpart.
std::optional<std::string> converted(void* descriptor, std::string text) {
  std::string made;
  char* in = text.data();
  auto left = text.size();
  // Without a text at last: what a set keeps back, and the way to its first state.
  for (bool is_over = false; !is_over;) {
    is_over = left == 0;
    char chunk[4096];
    char* out = chunk;
    std::size_t room = sizeof chunk;
    const auto changed = iconv(static_cast<iconv_t>(descriptor), is_over ? nullptr : &in, &left, &out, &room);
    made.append(chunk, sizeof chunk - room);
    if (changed == static_cast<std::size_t>(-1) && errno != E2BIG) return std::nullopt;
  }
  return made;
}

/// UTF-16 without more to say is big-endian here and begins with its mark, as Terraform writes it.
bool is_plain_utf16(std::string_view name) {
  constexpr std::string_view utf16 = "UTF-16";
  return std::equal(name.begin(), name.end(), utf16.begin(), utf16.end(),
                    [](unsigned char a, unsigned char b) { return std::toupper(a) == b; });
}

OperationError no_such_set(const std::string& name) {
  return bad_argument(1, fmt::format("there is no character set `{}`", name),
                      "for example `UTF-8`, `UTF-16LE`, `ISO-8859-1`, `windows-1252`");
}

Outcome textencodebase64(Arguments arguments, const CallContext&) {
  const auto& name = text_of(arguments[1]);
  const bool marked = is_plain_utf16(name);
  const auto to = converter(marked ? "UTF-16BE" : name, "UTF-8");
  if (!to) return no_such_set(name);
  const auto bytes = converted(to.get(), text_of(arguments[0]));
  if (!bytes) return bad_argument(0, fmt::format("a character in it does not exist in `{}`", name));
  return Value(base64((marked ? "\xFE\xFF" : "") + *bytes));
}

Outcome textdecodebase64(Arguments arguments, const CallContext&) {
  const auto& name = text_of(arguments[1]);
  const auto from = converter("UTF-8", name);
  if (!from) return no_such_set(name);
  auto data = from_base64(text_of(arguments[0]));
  if (!data) return bad_argument(0, "not base64");
  auto text = converted(from.get(), *std::move(data));
  if (!text) return bad_argument(0, fmt::format("it is not text in `{}`", name));
  return Value(*std::move(text));
}

Outcome base64gzip(Arguments arguments, const CallContext&) {
  const auto& text = text_of(arguments[0]);
  z_stream stream{};
  constexpr int gzip_header = 16;
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + gzip_header, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return failed("there is no memory for it");
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return Value(base64(packed));
}

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};

Outcome rsadecrypt(Arguments arguments, const CallContext&) {
  const auto sealed = from_base64(text_of(arguments[0]));
  if (!sealed) return bad_argument(0, "not base64");
  const auto& pem = text_of(arguments[1]);
  const std::unique_ptr<BIO, Free> input(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // Without a callback OpenSSL would ask the terminal for the password of an encrypted key.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  const std::unique_ptr<EVP_PKEY, Free> key(PEM_read_bio_PrivateKey(input.get(), nullptr, no_password, nullptr));
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
    return bad_argument(1, "not an RSA key in PEM without a password");
  const std::unique_ptr<EVP_PKEY_CTX, Free> context(EVP_PKEY_CTX_new(key.get(), nullptr));
  std::string text(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())), '\0');
  auto size = text.size();
  const bool opened = EVP_PKEY_decrypt_init(context.get()) == 1 &&
                      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
                      EVP_PKEY_decrypt(context.get(), reinterpret_cast<unsigned char*>(text.data()), &size,
                                       reinterpret_cast<const unsigned char*>(sealed->data()), sealed->size()) == 1;
  if (!opened) return bad_argument(0, "it was not encrypted for this key");
  text.resize(size);
  if (!is_utf8(text)) return bad_argument(0, "what was encrypted is not text", "a text is UTF-8");
  return Value(std::move(text));
}

}  // namespace

std::vector<Function> charset_functions() {
  const std::vector<Parameter> in_a_set = {{"text", types::string}, {"encoding", types::string}};
  // clang-format off
  return {
      {.name = "textencodebase64", .parameters = in_a_set, .result = types::string,
       .doc = "The text in another character set, in base64.\ntextencodebase64(\"é\", \"UTF-16LE\")  # \"6QA=\"", .body = textencodebase64},
      {.name = "textdecodebase64", .parameters = in_a_set, .result = types::string,
       .doc = "The text that base64 encodes in another character set.\ntextdecodebase64(\"6QA=\", \"UTF-16LE\")  # \"é\"", .body = textdecodebase64},
      {.name = "base64gzip", .parameters = {{"text", types::string}}, .result = types::string,
       .doc = "The text compressed by gzip, in base64.\nlength(base64gzip(\"hello\"))  # 36", .body = base64gzip},
      {.name = "rsadecrypt", .parameters = {{"ciphertext", types::string}, {"private_key", types::string}}, .result = types::string,
       .doc = "The text that was encrypted for an RSA key in PEM (PKCS #1 v1.5), in base64.\nrsadecrypt(data, file(\"key.pem\"))", .body = rsadecrypt},
  };
  // clang-format on
}

}  // namespace nmx
