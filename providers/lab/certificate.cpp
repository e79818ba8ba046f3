#include "providers/lab/certificate.hpp"

#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

namespace nmx::lab {
namespace {

namespace fs = std::filesystem;

template <auto free>
struct Free {
  template <typename T>
  void operator()(T* pointer) const {
    free(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Leaf = std::unique_ptr<X509, Free<X509_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free_all>>;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void write(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  // Closed to others before anything is in it.
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  file << text;
  file.close();
  if (!file) throw std::runtime_error(fmt::format("cannot write `{}`", path.string()));
}

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

Leaf make_leaf(EVP_PKEY* key) {
  Leaf leaf(X509_new());
  X509_set_version(leaf.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(leaf.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(leaf.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(leaf.get()), 10L * 365 * 24 * 3600);
  X509_set_pubkey(leaf.get(), key);
  auto* name = X509_get_subject_name(leaf.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("nmx lab"), -1, -1, 0);
  X509_set_issuer_name(leaf.get(), name);
  auto* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost");
  X509_add_ext(leaf.get(), names, -1);
  X509_EXTENSION_free(names);
  X509_sign(leaf.get(), key, EVP_sha256());
  return leaf;
}

void make(const fs::path& folder) {
  const Key key(EVP_EC_gen("P-256"));
  const auto leaf = make_leaf(key.get());
  const Memory certificate(BIO_new(BIO_s_mem()));
  const Memory secret(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(certificate.get(), leaf.get());
  PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  write(folder / "certificate.pem", text_of(certificate.get()));
  write(folder / "certificate.key", text_of(secret.get()));
}

std::string fingerprint_of(const std::string& pem) {
  const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Leaf leaf(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  if (!leaf) throw std::runtime_error("the lab's certificate.pem holds no certificate");
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  X509_digest(leaf.get(), EVP_sha256(), digest.data(), &size);
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{}{:02X}", i == 0 ? "" : ":", digest[i]);
  return text;
}

}  // namespace

Certificate certificate_in(const fs::path& folder) {
  fs::create_directories(folder);
  if (!fs::exists(folder / "certificate.pem")) make(folder);
  Certificate certificate{read(folder / "certificate.pem"), read(folder / "certificate.key"), {}};
  certificate.fingerprint = fingerprint_of(certificate.certificate_pem);
  return certificate;
}

}  // namespace nmx::lab
