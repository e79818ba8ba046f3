#pragma once

#include <fmt/core.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "providers/proxmox/provider.hpp"
#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"
#include "tests/providers/proxmox/containers.hpp"
#include "tests/providers/proxmox/scripted_env.hpp"

namespace nmx::test {

using Lines = std::vector<std::string>;

inline const std::string upid = "UPID:pve1:0012D687:0A1B2C3D:68F0A1B2:vzcreate:101:nmx@pve!ci:";

/// One container on one node, as far as these tests ask for it.
struct Server {
  bool exists = false;
  std::string mark;
  std::string status = "running";
  std::string digest = "d1";
  std::string extra;
  /// Answers before the others where it has something to say.
  std::function<std::optional<HttpResult>(const HttpRequest&)> first;

  std::string pending() const {
    return fmt::format(
        R"({{"data":[{{"key":"hostname","value":"media"}},{{"key":"memory","value":1024}},{{"key":"rootfs","value":"local-lvm:vm-101-disk-0,size=8G"}},)"
        R"({{"key":"tags","value":"nmx;{}"}},{{"key":"unprivileged","value":1}},{{"key":"digest","value":"{}"}}{}]}})",
        mark, digest, extra);
  }
  HttpResult operator()(const HttpRequest& request) const {
    if (first) {
      if (auto said = first(request)) return *said;
    }
    const auto asked = line(request);
    if (asked == "GET /cluster/resources")
      return exists
                 ? answer(fmt::format(
                       R"({{"data":[{{"id":"lxc/101","vmid":101,"node":"pve1","type":"lxc","status":"{}","name":"media","tags":"nmx;{}"}}]}})",
                       status, mark))
                 : answer(R"({"data":[]})");
    if (asked.find("/pending") != std::string::npos)
      return exists ? HttpResult(answer(pending()))
                    : HttpResult(refusal(500, "Configuration file 'nodes/pve1/lxc/101.conf' does not exist"));
    if (asked.find("/status/current") != std::string::npos)
      return answer(fmt::format(R"({{"data":{{"status":"{}"}}}})", status));
    if (asked.find("/tasks/") != std::string::npos) return answer(R"({"data":{"status":"stopped","exitstatus":"OK"}})");
    if (asked == "GET /nodes/pve1/tasks") return answer(R"({"data":[]})");
    if (asked == "GET /nodes/pve1/lxc")
      return answer(fmt::format(R"({{"data":[{{"vmid":"101","status":"{}"}}]}})", status));
    if (asked.rfind("PUT", 0) == 0 && asked.find("/config") != std::string::npos) return answer(R"({"data":null})");
    return answer(fmt::format(R"({{"data":"{}"}})", upid));
  }
};

struct Session {
  ReadyQueue queue;
  Server server;
  ScriptedEnv env;
  std::unique_ptr<Provider> provider;

  Session() : env([this](const HttpRequest& request) { return server(request); }) {
    ProviderSettings settings;
    settings.name = "proxmox";
    settings.settings = Object{{"endpoint", "https://pve1.lan:8006"}, {"token", "nmx@pve!ci=secret"}};
    settings.derive = [](std::string_view label) { return sha256(label); };
    auto made = proxmox::provider_type().make(settings, env);
    if (made) provider = *std::move(made);
    server.mark = Fields(wanted()).text_or("mark", "");
  }

  static Object wanted() {
    auto object = decided(small_container(), facts());
    object.set("node", "pve1");
    return object;
  }

  Operation operation(std::string verb, Object arguments = {}) const {
    Operation made;
    made.address = address("media");
    made.type = "proxmox_container";
    made.verb = std::move(verb);
    made.arguments = std::move(arguments);
    made.arguments.set("node", "pve1");
    made.arguments.set("vmid", 101);
    made.timeout_ms = 60'000;
    return made;
  }
  Operation creation() const {
    auto made = operation("create", {{"wanted", wanted()}});
    made.completes = true;
    return made;
  }
  Result<Answer> execute(Operation one) { return ScriptedEnv::finish(provider->execute(std::move(one))); }
  Observed read(Object applied) {
    ObjectId id{address("media"), "proxmox_container", "pve1/101", std::move(applied)};
    return ScriptedEnv::finish(provider->read({id})).at(0);
  }

  /// What was asked but for polls of tasks and states.
  Lines asked() const {
    Lines lines;
    for (const auto& request : env.requests) {
      const auto text = line(request);
      if (text.find("/tasks") == std::string::npos && text.find("/status/current") == std::string::npos)
        lines.push_back(text);
    }
    return lines;
  }
};

}  // namespace nmx::test
