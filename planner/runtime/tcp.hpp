#pragma once

#include <list>
#include <memory>
#include <string>
#include <vector>

#include "planner/runtime/env.hpp"
#include "planner/runtime/http_client.hpp"
#include "planner/runtime/waiter.hpp"

namespace nmx {

/// A TCP connection whose socket the loop watches.
class TcpStream : public Stream {
 public:
  using Open = std::list<TcpStream*>;
  /// `open`: what the loop watches; it lives longer than the stream.
  TcpStream(int socket, Open& open);
  ~TcpStream() override;
  TcpStream(const TcpStream&) = delete;
  TcpStream& operator=(const TcpStream&) = delete;

  Task<Status> write(std::string bytes) override;
  Task<Result<std::string>> read() override;
  /// Goes on once the connection stands or has failed: `status` tells.
  Task<Done> until_writable();
  /// What became of connecting.
  Status status() const;

  /// What to wait for now, if anything.
  void watch(std::vector<HttpClient::Watched>& watched);
  /// Wakes who waited for what is ready.
  void advance(const std::vector<HttpClient::Watched>& watched);

 private:
  int socket_;
  Open& open_;
  std::size_t watched_at_ = 0;
  bool watched_ = false;
  Waiter reading_;
  Waiter writing_;
};

/// Connects to the first address of a name that answers. The name is looked up beside the loop.
Task<Result<std::unique_ptr<Stream>>> connect_tcp(Env* env, TcpStream::Open* open, std::string host, std::uint16_t port,
                                                  Milliseconds limit);

}  // namespace nmx
