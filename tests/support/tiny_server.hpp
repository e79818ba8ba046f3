#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace nmx::test {

/// A server on a free port of 127.0.0.1 that answers what it is told to, byte by byte; a thread a connection.
class TinyServer {
 public:
  /// From a whole request (head and body) to what is written back; empty: the connection is closed. After an answer
  /// with `Connection: close` it is closed too.
  using Answer = std::function<std::string(const std::string& request)>;
  enum class Transport { plain, tls };
  explicit TinyServer(Answer answer, Transport transport = Transport::plain);
  ~TinyServer();
  TinyServer(const TinyServer&) = delete;
  TinyServer& operator=(const TinyServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path) const;
  int connections() const { return connections_; }
  int most_at_once() const { return most_; }
  std::vector<std::string> requests() const;
  /// Of the certificate that it made for itself, for 127.0.0.1.
  const std::string& fingerprint() const { return fingerprint_; }
  const std::string& certificate() const { return certificate_; }

 private:
  struct Tls;
  void serve(int socket);

  Answer answer_;
  std::unique_ptr<Tls> tls_;
  std::string fingerprint_;
  std::string certificate_;
  int listening_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connections_ = 0;
  std::atomic<int> running_ = 0;
  std::atomic<int> most_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

/// `HTTP/1.1 200 OK` with this body.
std::string ok(const std::string& body, const std::string& more_headers = "");

}  // namespace nmx::test
