#include "planner/runtime/tcp.hpp"

#include <fmt/core.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>

#include "planner/runtime/within.hpp"

namespace nmx {
namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

/// The question and, once `over`, the answer of a look-up.
struct Lookup {
  std::string host;
  std::string port;
  std::vector<SocketAddress> found;
  std::string error;
  std::atomic<bool> over = false;
};

void look_up(Lookup& lookup, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int failed = getaddrinfo(lookup.host.c_str(), lookup.port.c_str(), &hints, &list);
  if (failed != 0) lookup.error = gai_strerror(failed);
  for (const auto* one = list; one != nullptr; one = one->ai_next) {
    SocketAddress address;
    std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
    address.size = one->ai_addrlen;
    lookup.found.push_back(address);
  }
  if (list != nullptr) freeaddrinfo(list);
}

Task<std::shared_ptr<Lookup>> addresses_of(Env* env, std::string host, std::uint16_t port) {
  auto lookup = std::make_shared<Lookup>();  // shared with the thread, which may outlive who asked
  lookup->host = std::move(host);
  lookup->port = std::to_string(port);
  look_up(*lookup, AI_NUMERICHOST);
  if (lookup->found.empty()) {
    lookup->error.clear();
    std::thread([lookup] {
      look_up(*lookup, 0);
      lookup->over = true;
    }).detach();
    while (!lookup->over) {
      auto pause = env->sleep(Milliseconds{2});
      co_await pause;
    }
  }
  co_return lookup;
}

}  // namespace

TcpStream::TcpStream(int socket, Open& open) : socket_(socket), open_(open) { open_.push_back(this); }

TcpStream::~TcpStream() {
  open_.remove(this);
  close(socket_);
}

void TcpStream::watch(std::vector<HttpClient::Watched>& watched) {
  watched_ = reading_.alive() || writing_.alive();
  if (!watched_) return;
  watched_at_ = watched.size();
  watched.push_back({socket_, reading_.alive(), writing_.alive()});
}

void TcpStream::advance(const std::vector<HttpClient::Watched>& watched) {
  if (!watched_ || !watched[watched_at_].ready) return;
  reading_.wake();
  writing_.wake();
}

Task<Done> TcpStream::until_writable() {
  Suspend ready{[this](Waiter waiter) { writing_ = std::move(waiter); }};
  co_await ready;
  co_return Done{};
}

Status TcpStream::status() const {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return Error{std::strerror(error)};
  return Done{};
}

Task<Status> TcpStream::write(std::string bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const auto count = send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count >= 0) {
      sent += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {
      auto waiting = until_writable();
      co_await waiting;
    } else if (errno != EINTR) {
      co_return Error{std::strerror(errno)};
    }
  }
  co_return Done{};
}

Task<Result<std::string>> TcpStream::read() {
  std::array<char, 65536> buffer;
  for (;;) {
    const auto count = recv(socket_, buffer.data(), buffer.size(), 0);
    if (count >= 0) co_return std::string(buffer.data(), static_cast<std::size_t>(count));
    if (errno == EAGAIN) {
      Suspend ready{[this](Waiter waiter) { reading_ = std::move(waiter); }};
      co_await ready;
    } else if (errno != EINTR) {
      co_return Error{std::strerror(errno)};
    }
  }
}

Task<Result<std::unique_ptr<Stream>>> connect_tcp(Env* env, TcpStream::Open* open, std::string host, std::uint16_t port,
                                                  Milliseconds limit) {
  const auto [target, target_port] = env->connect_to(host, port);
  auto looking = within(env, limit, addresses_of(env, target, target_port));
  const auto looked = co_await looking;
  std::string why = looked ? (*looked)->error : "its name is not resolved in time";
  const auto addresses = looked ? (*looked)->found : std::vector<SocketAddress>{};
  for (const auto& address : addresses) {
    const int made = socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (made < 0) {
      why = std::strerror(errno);
      continue;
    }
    const int at_once = 1;
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    auto stream = std::make_unique<TcpStream>(made, *open);
    if (::connect(made, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0) {
      if (errno != EINPROGRESS) {
        why = std::strerror(errno);
        continue;
      }
      auto connecting = within(env, limit, stream->until_writable());
      const auto connected = co_await connecting;
      const auto status = stream->status();
      if (!connected || !status) {
        why = connected ? status.error().message : fmt::format("no answer within {} s", limit.count() / 1000);
        continue;
      }
    }
    co_return std::unique_ptr<Stream>(std::move(stream));
  }
  co_return Error{fmt::format("cannot connect to {} port {}: {}", host, port, why)};
}

}  // namespace nmx
