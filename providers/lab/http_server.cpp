#include "providers/lab/http_server.hpp"

#include <poll.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <list>
#include <mutex>
#include <set>
#include <thread>

namespace nmx::lab {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

constexpr int requests_a_connection = 100;
constexpr std::size_t largest_body = std::size_t{512} << 20;

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
         });
}

Request to_request(http::request<http::string_body> message) {
  Request request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  for (const auto& field : message) request.headers.emplace_back(field.name_string(), field.value());
  request.body = std::move(message.body());
  return request;
}

http::response<http::string_body> to_message(const Response& response, const Request& request, bool keep) {
  http::response<http::string_body> message;
  message.version(11);
  message.result(static_cast<unsigned>(response.status));
  message.reason(response.reason);
  message.set(http::field::server, "pve-api-daemon/3.0");
  message.set(http::field::cache_control, "max-age=0");
  for (const auto& [name, value] : response.headers) message.set(name, value);
  message.set(http::field::connection, keep ? "Keep-Alive" : "close");
  if (request.method != "HEAD") message.body() = response.body;
  message.prepare_payload();
  return message;
}

}  // namespace

const std::string* Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equal_ignoring_case(key, name)) return &value;
  }
  return nullptr;
}

class HttpServer::State : public std::enable_shared_from_this<HttpServer::State> {
 public:
  State(Options options, Handler handler)
      : options_(std::move(options)),
        handler_(std::move(handler)),
        tls_(asio::ssl::context::tls_server),
        acceptor_(io_) {
    if (!is_plain()) {
      tls_.use_certificate(asio::buffer(options_.certificate_pem), asio::ssl::context::pem);
      tls_.use_private_key(asio::buffer(options_.key_pem), asio::ssl::context::pem);
    }
    const tcp::endpoint where(asio::ip::make_address(options_.address), options_.port);
    acceptor_.open(where.protocol());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    acceptor_.bind(where);
    acceptor_.listen();
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void start() {
    accepting_ = std::thread([self = shared_from_this()] { self->accept(); });
  }

  void stop() {
    stopping_ = true;
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);  // wakes the thread in accept
    if (accepting_.joinable()) accepting_.join();
    {
      const std::lock_guard lock(connections_mutex_);
      for (const int descriptor : open_) ::shutdown(descriptor, SHUT_RDWR);
    }
    for (auto& one : threads_) one.thread.join();
    threads_.clear();
  }

 private:
  bool is_plain() const { return options_.certificate_pem.empty(); }

  void accept() {
    while (!stopping_) {
      boost::system::error_code error;
      tcp::socket socket(io_);
      acceptor_.accept(socket, error);
      if (stopping_) return;
      if (error) {  // out of descriptors, most likely: it passes
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        continue;
      }
      // Those whose connection ended are through.
      threads_.remove_if([](Serving& one) {
        if (!*one.over) return false;
        one.thread.join();
        return true;
      });
      auto over = std::make_shared<std::atomic<bool>>(false);
      std::thread thread([self = shared_from_this(), over, peer = std::make_shared<tcp::socket>(std::move(socket))] {
        self->serve(std::move(*peer));
        *over = true;
      });
      threads_.push_back({std::move(thread), std::move(over)});
    }
  }

  void serve(tcp::socket socket) {
    const int descriptor = socket.native_handle();
    {
      const std::lock_guard lock(connections_mutex_);
      open_.insert(descriptor);
    }
    boost::system::error_code error;
    socket.set_option(tcp::no_delay(true), error);
    const auto closes = [&](tcp::socket& peer) {
      {
        const std::lock_guard lock(connections_mutex_);
        open_.erase(descriptor);
      }
      peer.close(error);
    };
    if (is_plain()) {
      converse(socket);
      return closes(socket);
    }
    asio::ssl::stream<tcp::socket> stream(std::move(socket), tls_);
    stream.handshake(asio::ssl::stream_base::server, error);
    if (!error) converse(stream);
    closes(stream.next_layer());
  }

  static tcp::socket& socket_of(tcp::socket& socket) { return socket; }
  static tcp::socket& socket_of(asio::ssl::stream<tcp::socket>& stream) { return stream.next_layer(); }
  static bool has_more(tcp::socket&) { return false; }
  static bool has_more(asio::ssl::stream<tcp::socket>& stream) { return SSL_pending(stream.native_handle()) > 0; }
  static void end(tcp::socket& socket, boost::system::error_code& error) {
    socket.shutdown(tcp::socket::shutdown_both, error);
  }
  static void end(asio::ssl::stream<tcp::socket>& stream, boost::system::error_code& error) { stream.shutdown(error); }

  /// Asio reads on after a receive timeout, so the wait for the next request is a poll of its own.
  template <typename Stream>
  bool next_request_comes(Stream& stream, const beast::flat_buffer& buffer) const {
    if (buffer.size() > 0 || has_more(stream)) return true;
    pollfd waiting{socket_of(stream).native_handle(), POLLIN, 0};
    return ::poll(&waiting, 1, static_cast<int>(options_.idle.count())) == 1;
  }

  template <typename Stream>
  void converse(Stream& stream) {
    beast::flat_buffer buffer;
    // The first request may have come with the end of the handshake: then it lies in Asio's own buffer, where no poll
    // sees it.
    for (int served = 1; !stopping_ && (served == 1 || next_request_comes(stream, buffer)); ++served) {
      boost::system::error_code error;
      http::request_parser<http::string_body> parser;
      parser.header_limit(8192);
      parser.body_limit(largest_body);
      http::read(stream, buffer, parser, error);
      if (error) return;
      const bool wants_keep = parser.get().keep_alive();
      const auto request = to_request(parser.release());
      const auto response = answer(request);
      if (response.lost) {
        // A peer that goes without a word, as a crashed one does.
        socket_of(stream).set_option(asio::socket_base::linger(true, 0), error);
        return;
      }
      const bool keep = wants_keep && !response.close && response.status < 400 && served < requests_a_connection;
      http::write(stream, to_message(response, request, keep), error);
      if (error || !keep) {
        end(stream, error);
        return;
      }
    }
  }

  Response answer(const Request& request) {
    for (;;) {
      std::optional<Response> response;
      {
        const std::lock_guard lock(handler_mutex_);
        try {
          response = handler_(request);
        } catch (const std::exception& error) {  // a number that no number holds, for example
          return Response{500, error.what(), {}, {}, true, {}, false};
        }
      }
      if (!response) {
        if (stopping_) return Response{500, "the lab is stopping", {}, {}, true, {}, false};
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        continue;
      }
      for (auto left = response->delay; left.count() > 0 && !stopping_; left -= std::chrono::milliseconds(10)) {
        std::this_thread::sleep_for(std::min(left, std::chrono::milliseconds(10)));
      }
      return *std::move(response);
    }
  }

  Options options_;
  Handler handler_;
  asio::io_context io_;
  asio::ssl::context tls_;
  tcp::acceptor acceptor_;
  std::atomic<bool> stopping_{false};
  std::thread accepting_;
  /// The thread of a connection, and whether that has ended.
  struct Serving {
    std::thread thread;
    std::shared_ptr<std::atomic<bool>> over;  // shared with the thread
  };
  std::list<Serving> threads_;  // touched by the accepting thread, and by `stop` once that has ended
  std::mutex handler_mutex_;
  std::mutex connections_mutex_;
  std::set<int> open_;
};

HttpServer::HttpServer(Options options, Handler handler)
    : state_(std::make_shared<State>(std::move(options), std::move(handler))) {
  state_->start();
}

HttpServer::~HttpServer() { stop(); }

std::uint16_t HttpServer::port() const { return state_->port(); }

void HttpServer::stop() { state_->stop(); }

}  // namespace nmx::lab
