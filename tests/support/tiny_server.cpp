#include "tests/support/tiny_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

namespace nmx::test {

struct TinyServer::Tls {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();

  Tls() {
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    auto* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("tiny"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    for (const auto& [kind, value] :
         {std::pair{NID_subject_alt_name, "IP:127.0.0.1"}, {NID_basic_constraints, "CA:TRUE"}}) {
      auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
      X509_add_ext(certificate, extension, -1);
      X509_EXTENSION_free(extension);
    }
    X509_sign(certificate, key, EVP_sha256());
    SSL_CTX_use_certificate(context, certificate);
    SSL_CTX_use_PrivateKey(context, key);
  }
  ~Tls() {
    X509_free(certificate);
    EVP_PKEY_free(key);
    SSL_CTX_free(context);
  }
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  std::string fingerprint() const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    X509_digest(certificate, EVP_sha256(), digest.data(), &size);
    return std::string(digest.begin(), digest.begin() + size);
  }
  std::string pem() const {
    BIO* memory = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(memory, certificate);
    char* data = nullptr;
    const auto size = BIO_get_mem_data(memory, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(memory);
    return text;
  }
};

namespace {

/// A plain or an encrypted connection.
class Stream {
 public:
  Stream(int socket, SSL_CTX* context) : socket_(socket) {
    if (context == nullptr) return;
    ssl_ = SSL_new(context);
    SSL_set_fd(ssl_, socket);
    open_ = SSL_accept(ssl_) == 1;
  }
  ~Stream() { SSL_free(ssl_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  bool open() const { return open_; }

  bool read_more(std::string& into) {
    std::array<char, 65536> buffer;
    const auto count = ssl_ != nullptr ? SSL_read(ssl_, buffer.data(), static_cast<int>(buffer.size()))
                                       : static_cast<int>(::recv(socket_, buffer.data(), buffer.size(), 0));
    if (count > 0) into.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0;
  }
  bool write(std::string_view text) {
    while (!text.empty()) {
      const auto count = ssl_ != nullptr ? SSL_write(ssl_, text.data(), static_cast<int>(text.size()))
                                         : static_cast<int>(::send(socket_, text.data(), text.size(), MSG_NOSIGNAL));
      if (count <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

 private:
  int socket_;
  SSL* ssl_ = nullptr;
  bool open_ = true;
};

/// One whole request from the beginning of `buffer`; empty at the end.
std::string next_request(Stream& stream, std::string& buffer) {
  for (;;) {
    const auto head = buffer.find("\r\n\r\n");
    if (head != std::string::npos) {
      const auto field = buffer.find("Content-Length: ");
      const auto length = field < head ? std::strtoull(buffer.c_str() + field + 16, nullptr, 10) : 0;
      const auto size = head + 4 + length;
      if (buffer.size() >= size) {
        auto request = buffer.substr(0, size);
        buffer.erase(0, size);
        return request;
      }
    }
    if (!stream.read_more(buffer)) return {};
  }
}

}  // namespace

TinyServer::TinyServer(Answer answer, Transport transport) : answer_(std::move(answer)) {
  std::signal(SIGPIPE, SIG_IGN);
  if (transport == Transport::tls) {
    tls_ = std::make_unique<Tls>();
    fingerprint_ = tls_->fingerprint();
    certificate_ = tls_->pem();
  }
  listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(listening_, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size);
  ::listen(listening_, 64);
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] {
    for (;;) {
      const int socket = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0 || stopping_) {
        if (socket >= 0) ::close(socket);
        return;
      }
      ++connections_;
      const std::lock_guard lock(mutex_);
      sockets_.push_back(socket);
      threads_.emplace_back([this, socket] { serve(socket); });
    }
  });
}

TinyServer::~TinyServer() {
  stopping_ = true;
  ::shutdown(listening_, SHUT_RDWR);
  accepting_.join();
  ::close(listening_);
  for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  for (auto& thread : threads_) thread.join();
  for (const int socket : sockets_) ::close(socket);
}

void TinyServer::serve(int socket) {
  {
    Stream stream(socket, tls_ ? tls_->context : nullptr);
    std::string buffer;
    while (stream.open() && !stopping_) {
      const auto request = next_request(stream, buffer);
      if (request.empty()) break;
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      const int now = ++running_;
      int most = most_;
      while (now > most && !most_.compare_exchange_weak(most, now)) {
      }
      const auto answer = answer_(request);
      --running_;
      if (answer.empty() || !stream.write(answer) || answer.find("Connection: close") != std::string::npos) break;
    }
  }
  ::shutdown(socket, SHUT_RDWR);
}

std::string TinyServer::url(const std::string& path) const {
  return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_) + path;
}

std::vector<std::string> TinyServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::string ok(const std::string& body, const std::string& more_headers) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + more_headers + "\r\n" + body;
}

}  // namespace nmx::test
