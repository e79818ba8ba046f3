#include "tests/providers/caddy/real_caddy.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/support/free_port.hpp"

namespace nmx::test {

RealCaddy::RealCaddy(const std::string& caddyfile) : admin_(free_port()), http_(free_port()), https_(free_port()) {
  std::string pattern = std::filesystem::temp_directory_path() / "nmx-caddy-XXXXXX";
  folder_ = mkdtemp(pattern.data());
  absent_ = access("/usr/bin/caddy", X_OK) != 0 || access("/usr/bin/curl", X_OK) != 0;
  if (absent_) return;
  if (caddyfile.empty()) {
    std::ofstream(folder_ / "config") << fmt::format(
        R"({{"admin":{{"listen":"127.0.0.1:{}"}},"apps":{{"http":{{"http_port":{},"https_port":{}}}}}}})", admin_,
        http_, https_);
  } else {
    std::ofstream(folder_ / "config") << fmt::format(
        "{{\n  admin 127.0.0.1:{}\n  http_port {}\n  https_port {}\n  skip_install_trust\n}}\n{}", admin_, http_,
        https_, caddyfile);
  }
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // it does not outlive a test program that dies
    const int log_file = open((folder_ / "log").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
    dup2(log_file, STDOUT_FILENO);
    dup2(log_file, STDERR_FILENO);
    for (const auto* name : {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME"}) setenv(name, folder_.c_str(), 1);
    const auto config = (folder_ / "config").string();
    const auto* adapter = caddyfile.empty() ? "" : "caddyfile";
    execl("/usr/bin/caddy", "caddy", "run", "--config", config.c_str(), "--adapter", adapter,
          static_cast<char*>(nullptr));
    _exit(127);
  }
  for (int tries = 0; tries < 200 && !ready_; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ready_ = shell(fmt::format("curl -s -o /dev/null -w '%{{http_code}}' {}/config/", admin())) == "200";
  }
}

RealCaddy::~RealCaddy() {
  if (pid_ > 0) {
    kill(pid_, SIGTERM);
    int tries = 0;
    while (waitpid(pid_, nullptr, WNOHANG) == 0) {
      if (++tries == 250) kill(pid_, SIGKILL);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string RealCaddy::log() const {
  std::ifstream in(folder_ / "log");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string RealCaddy::admin() const { return fmt::format("http://127.0.0.1:{}", admin_); }

std::string RealCaddy::shell(const std::string& line) const {
  std::string output;
  const auto command = fmt::format("cd {} && {{ {}; }} 2>&1", folder_.string(), line);
  auto* pipe = popen(command.c_str(), "r");
  std::array<char, 4096> buffer;
  while (const auto count = fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), count);
  pclose(pipe);
  return output;
}

std::string RealCaddy::curl(const std::string& host, const std::string& path, const std::string& options) const {
  // Caddy serves a new host once it has its certificate, a moment after the change.
  shell(fmt::format(
      "for i in $(seq 30); do openssl s_client -connect 127.0.0.1:{} -servername {} </dev/null 2>/dev/null | grep -q "
      "BEGIN && break; sleep 0.1; done",
      https_, host));
  return shell(
      fmt::format("curl -s --max-time 10 --noproxy '*' --cacert "
                  "caddy/pki/authorities/local/root.crt --resolve "
                  "{0}:{1}:127.0.0.1 {2} 'https://{0}:{1}{3}'",
                  host, https_, options, path));
}

}  // namespace nmx::test
