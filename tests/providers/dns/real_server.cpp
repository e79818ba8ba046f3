#include "tests/providers/dns/real_server.hpp"

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
namespace {

constexpr const char* key_secret = "c2VjcmV0IG9mIHRoZSB0ZXN0cyBvZiBubXgsIDMyIGI=";

constexpr const char* example_zone =
    "$ORIGIN example.com.\n$TTL 300\n@ SOA ns root 1 3600 600 86400 60\n@ NS ns\nns A 127.0.0.1\nprinter A "
    "192.168.50.99\n";
constexpr const char* reverse_zone =
    "$ORIGIN 50.168.192.in-addr.arpa.\n$TTL 300\n@ SOA ns.example.com. root.example.com. 1 3600 600 86400 60\n@ NS "
    "ns.example.com.\n99 PTR printer.example.com.\n";

}  // namespace

std::string RealServer::shell(const std::string& line) const {
  std::string output;
  const auto command = fmt::format("cd {} && {{ {}; }} 2>&1", folder_.string(), line);
  auto* pipe = popen(command.c_str(), "r");
  std::array<char, 4096> buffer;
  while (const auto count = fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), count);
  pclose(pipe);
  return output;
}

void RealServer::write(const std::string& name, const std::string& text) const {
  std::ofstream(folder_ / name) << text;
}

/// Writes its files; gives the command that runs it in the foreground.
std::string RealServer::configure() {
  const auto at = folder_.string();
  write("example.com.zone", example_zone);
  write("50.168.192.in-addr.arpa.zone", reverse_zone);
  switch (kind_) {
    case Kind::bind: {
      std::string zones;
      for (const auto* zone : {"example.com", "50.168.192.in-addr.arpa"}) {
        zones += fmt::format(
            "zone \"{0}\" {{ type primary; file \"{0}.zone\"; update-policy {{ grant nmx zonesub ANY; }}; "
            "allow-transfer {{ key nmx; }}; }};\n",
            zone);
      }
      write("named.conf",
            fmt::format(
                "key nmx {{ algorithm hmac-sha256; secret \"{}\"; }};\ncontrols {{ }};\noptions {{ directory \"{}\"; "
                "listen-on port {} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; pid-file none; session-keyfile "
                "none; recursion no; dnssec-validation no; }};\n{}",
                key_secret, at, port_, zones));
      return "/usr/sbin/named -g -c " + at + "/named.conf";
    }
    case Kind::knot:
      write(
          "knot.conf",
          fmt::format(
              "server:\n  rundir: {0}\n  listen: 127.0.0.1@{1}\nlog:\n  - target: stderr\n    any: info\ndatabase:\n  "
              "storage: {0}\nkey:\n  - id: nmx\n    algorithm: hmac-sha256\n    secret: {2}\nacl:\n  - id: nmx\n    "
              "key: "
              "nmx\n    action: [update, transfer]\ntemplate:\n  - id: default\n    storage: {0}\n    acl: "
              "nmx\nzone:\n  - "
              "domain: example.com\n    file: example.com.zone\n  - domain: 50.168.192.in-addr.arpa\n    file: "
              "50.168.192.in-addr.arpa.zone\n",
              at, port_, key_secret));
      return "/usr/sbin/knotd -c " + at + "/knot.conf";
    case Kind::powerdns: {
      write("pdns.conf",
            fmt::format("launch=gsqlite3\ngsqlite3-database={0}/pdns.db\nlocal-address=127.0.0.1\nlocal-port={1}\n"
                        "socket-dir={0}\ndnsupdate=yes\nallow-dnsupdate-from=127.0.0.1\nallow-axfr-ips=\n",
                        at, port_));
      shell("sqlite3 pdns.db < /usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql");
      const auto util = "pdnsutil --config-dir=" + at + " ";
      shell(util + "import-tsig-key nmx hmac-sha256 " + key_secret);
      for (const auto* zone : {"example.com", "50.168.192.in-addr.arpa"}) {
        shell(
            fmt::format("{0} load-zone {1} {1}.zone; {0} set-meta {1} TSIG-ALLOW-DNSUPDATE nmx; {0} set-meta {1} "
                        "TSIG-ALLOW-AXFR nmx; {0} set-meta {1} SOA-EDIT-DNSUPDATE INCREASE; {0} set-kind {1} master",
                        util, zone));
      }
      return "/usr/sbin/pdns_server --config-dir=" + at + " --guardian=no --daemon=no";
    }
    case Kind::unbound: {
      std::string zones;
      for (const auto* zone : {"example.com", "50.168.192.in-addr.arpa"})
        zones += fmt::format(
            "auth-zone:\n  name: \"{0}.\"\n  zonefile: \"{1}/{0}.zone\"\n  for-downstream: yes\n  for-upstream: yes\n",
            zone, at);
      write("unbound.conf",
            fmt::format(
                "server:\n  directory: \"{0}\"\n  chroot: \"\"\n  username: \"\"\n  pidfile: \"\"\n  use-syslog: no\n  "
                "interface: 127.0.0.1@{1}\n  do-daemonize: no\n  local-zone: \"168.192.in-addr.arpa.\" nodefault\n  "
                "module-config: "
                "\"iterator\"\nremote-control:\n  control-enable: yes\n  control-interface: {0}/control\n{2}",
                at, port_, zones));
      return "/usr/sbin/unbound -d -c " + at + "/unbound.conf";
    }
  }
  return {};
}

RealServer::RealServer(Kind kind) : kind_(kind), port_(free_port()) {
  std::string pattern = std::filesystem::temp_directory_path() / "nmx-dns-XXXXXX";
  folder_ = mkdtemp(pattern.data());
  const auto command = configure();
  const auto program = command.substr(0, command.find(' '));
  absent_ = access(program.c_str(), X_OK) != 0 || access("/usr/bin/dig", X_OK) != 0;
  if (absent_) return;
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // it does not outlive a test program that dies
    const int log_file = open((folder_ / "log").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
    dup2(log_file, STDOUT_FILENO);
    dup2(log_file, STDERR_FILENO);
    execl("/bin/sh", "sh", "-c", ("exec " + command).c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  for (int tries = 0; tries < 100 && !ready_; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ready_ = dig("ns.example.com A") == "127.0.0.1\n";
  }
}

RealServer::~RealServer() {
  if (pid_ > 0) {
    kill(pid_, SIGTERM);
    int tries = 0;
    while (waitpid(pid_, nullptr, WNOHANG) == 0) {
      if (++tries == 100) kill(pid_, SIGKILL);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string RealServer::secret() { return key_secret; }

std::string RealServer::log() const {
  std::ifstream in(folder_ / "log");
  return {std::istreambuf_iterator<char>(in), {}};
}

Object RealServer::settings() const {
  Object settings{{"zones", List{"example.com", "50.168.192.in-addr.arpa"}}};
  if (kind_ == Kind::unbound) {
    settings.set("kind", "unbound");
    settings.set("directory", folder_.string());
    settings.set("config", (folder_ / "unbound.conf").string());
    return settings;
  }
  settings.set("kind", "rfc2136");
  settings.set("server", "127.0.0.1");
  settings.set("port", static_cast<int>(port_));
  settings.set("key", Object{{"name", "nmx"}, {"secret", Value(key_secret).as_secret()}});
  return settings;
}

std::string RealServer::dig(const std::string& question) const {
  return shell(fmt::format("dig +time=2 +tries=1 +short @127.0.0.1 -p {} {}", port_, question));
}

}  // namespace nmx::test
