#include "tests/support/state_server.hpp"

#include <nlohmann/json.hpp>

namespace nmx::test {
namespace {

using Json = nlohmann::json;

std::string reply(int status, const std::string& body = {}) {
  const auto* reason = status < 300 ? "OK" : "No";
  return "HTTP/1.1 " + std::to_string(status) + " " + reason + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nContent-Type: application/json\r\n\r\n" + body;
}

std::string id_of(const std::string& lock) {
  const auto json = Json::parse(lock, nullptr, false);
  return json.is_object() ? json.value("ID", "") : "";
}

std::string id_in(const std::string& query) {
  const auto at = query.find("ID=");
  return at == std::string::npos ? std::string() : query.substr(at + 3, query.find('&', at) - at - 3);
}

}  // namespace

StateServer::StateServer(Kind kind)
    : kind_(kind), server_([this](const std::string& request) { return answer(request); }) {}

std::string StateServer::url() const { return server_.url("/api/v4/projects/7/terraform/state/home"); }

std::string StateServer::document() const {
  const std::lock_guard guard(mutex_);
  return document_;
}

void StateServer::replace_document(std::string text) {
  const std::lock_guard guard(mutex_);
  document_ = std::move(text);
}

int StateServer::writes() const {
  const std::lock_guard guard(mutex_);
  return writes_;
}

void StateServer::lose_answers(int count) {
  const std::lock_guard guard(mutex_);
  lost_ = count;
}

void StateServer::be_busy(int count) {
  const std::lock_guard guard(mutex_);
  busy_ = count;
}

std::string StateServer::answer(const std::string& request) {
  const std::lock_guard guard(mutex_);
  const auto line = request.substr(0, request.find("\r\n"));
  const auto method = line.substr(0, line.find(' '));
  const auto target = line.substr(method.size() + 1, line.rfind(' ') - method.size() - 1);
  const auto path = target.substr(0, target.find('?'));
  const auto query = path.size() == target.size() ? std::string() : target.substr(path.size() + 1);
  const auto body = request.substr(request.find("\r\n\r\n") + 4);
  // base64 of "ann:glpat-canary"
  if (request.find("Authorization: Basic YW5uOmdscGF0LWNhbmFyeQ==") == std::string::npos)
    return reply(401, R"({"message":"401 Unauthorized"})");
  if (busy_ > 0) {
    --busy_;
    return reply(503, "busy");
  }
  const bool on_lock = path.ends_with("/lock");
  const auto lock_method = kind_ == Kind::gitlab ? "POST" : "LOCK";
  const auto unlock_method = kind_ == Kind::gitlab ? "DELETE" : "UNLOCK";
  if (on_lock != (kind_ == Kind::gitlab) && (method == lock_method || method == unlock_method) && method != "POST")
    return reply(404);
  if ((kind_ == Kind::gitlab ? on_lock : true) && method == lock_method && (kind_ == Kind::plain || on_lock))
    return lock(body);
  if (method == unlock_method && (kind_ == Kind::plain || on_lock)) return unlock(query, body);
  if (on_lock) return reply(405);
  if (method == "GET") return document_.empty() ? reply(404) : reply(200, document_);
  if (method != "POST") return reply(405);
  const auto answered = write(query, body);
  if (lost_ > 0) {
    --lost_;
    return {};
  }
  return answered;
}

std::string StateServer::write(const std::string& query, const std::string& body) {
  if (lock_ && id_in(query) != id_of(*lock_)) return reply(kind_ == Kind::gitlab ? 409 : 423, *lock_);
  if (kind_ == Kind::gitlab) {
    const auto json = Json::parse(body, nullptr, false);
    if (!json.is_object() || !json.contains("serial")) return reply(400, R"({"message":"serial is missing"})");
    // GitLab keeps each version under its serial, once.
    if (json["serial"].get<std::uint64_t>() == serial_ && !document_.empty())
      return reply(422, R"({"message":{"version":["has already been taken"]}})");
    serial_ = json["serial"];
  }
  document_ = body;
  ++writes_;
  return reply(200);
}

std::string StateServer::lock(const std::string& body) {
  const auto json = Json::parse(body, nullptr, false);
  for (const auto* field : {"ID", "Operation", "Info", "Who", "Version", "Created", "Path"}) {
    if (!json.is_object() || !json.contains(field))
      return reply(400, std::string("{\"error\":\"") + field + " is missing\"}");
  }
  if (lock_ && id_of(*lock_) != id_of(body)) return reply(kind_ == Kind::gitlab ? 409 : 423, *lock_);
  lock_ = body;
  return reply(200);
}

std::string StateServer::unlock(const std::string& query, const std::string& body) {
  const auto id = kind_ == Kind::gitlab ? id_in(query) : id_of(body);
  if (lock_ && !id.empty() && id != id_of(*lock_)) return reply(409, *lock_);
  lock_.reset();
  return reply(200);
}

}  // namespace nmx::test
