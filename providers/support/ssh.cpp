#include "providers/support/ssh.hpp"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "planner/store/files.hpp"
#include "providers/support/digest.hpp"
#include "providers/support/openssh_key.hpp"

namespace nmx {
namespace {

namespace fs = std::filesystem;

/// A folder of this user alone with a short path, for sockets have no room for a long one. Errors: it is another's.
Result<fs::path> private_folder() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  std::string path = runtime == nullptr ? "" : runtime;
  // ssh's own file adds about fifty bytes, and Nix splits what it is told at blanks.
  const bool usable =
      !path.empty() && path.size() < 40 && path.find(' ') == std::string::npos && fs::is_directory(path);
  path = usable ? path + "/nmx-ssh" : fmt::format("/tmp/nmx-ssh-{}", geteuid());
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return Error{fmt::format("cannot make `{}`: {}", path, std::strerror(errno))};
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0 || !S_ISDIR(found.st_mode) || found.st_uid != geteuid() ||
      (found.st_mode & 0077) != 0)
    return Error{fmt::format("`{}` is not a folder of yours alone", path), "remove it; nmx makes it again"};
  return fs::path(path);
}

/// A value of ssh's configuration; a percent sign means something there.
std::string setting(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '%') text += '%';
    if (c != '"' && c != '\n') text += c;
  }
  return text + '"';
}

bool mentions(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const auto word : words) {
    if (text.find(word) != std::string_view::npos) return true;
  }
  return false;
}

/// The last line that says something, without ssh's own prefix.
std::string last_words(std::string_view errors) {
  std::string last;
  std::size_t at = 0;
  while (at < errors.size()) {
    const auto end = std::min(errors.find('\n', at), errors.size());
    auto line = errors.substr(at, end - at);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (line.rfind("ssh: ", 0) == 0) line.remove_prefix(5);
    if (!line.empty()) last = line;
    at = end + 1;
  }
  return last;
}

}  // namespace

std::string identity_file(const std::string& written, const fs::path& folder) {
  const char* home = std::getenv("HOME");
  if (written.rfind("~/", 0) == 0 && home != nullptr) return home + written.substr(1);
  return written.empty() ? written : (fs::absolute(folder) / written).lexically_normal().string();
}

std::string shell_quoted(std::string_view word) {
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

SshFailure explain_ssh(const SshHost& host, const ChildResult& result) {
  using Kind = SshFailure::Kind;
  const auto words = last_words(result.errors);
  if (mentions(result.errors, {"Host key verification failed", "IDENTIFICATION HAS CHANGED", "No matching host key",
                               "no matching host key type"})) {
    return {Kind::host_key,
            {fmt::format("`{}` ({}) does not have the host key that nmx gave it: {}", host.name, host.address, words),
             "another machine answers there, or it was made anew without nmx; nothing was sent to it"}};
  }
  if (mentions(result.errors, {"Permission denied", "Too many authentication failures"})) {
    const auto key = host.identity.empty() ? std::string("the ssh agent's keys") : fmt::format("`{}`", host.identity);
    return {Kind::login,
            {fmt::format("`{}` ({}) does not let {} in as `{}`: {}", host.name, host.address, key, host.user, words),
             "give the key of one of its operators: `provider nix { ssh = { identity = \"~/.ssh/id_ed25519\" } }`, or "
             "`ssh-add`"}};
  }
  if (mentions(result.errors, {"connect to host", "Could not resolve", "Connection timed out", "No route to host",
                               "Connection refused", "kex_exchange_identification", "banner exchange"})) {
    return {Kind::unreachable,
            {fmt::format("cannot reach `{}` ({}): {}", host.name, host.address, words),
             "does it run, and does a firewall on the way let ssh through?"}};
  }
  return {Kind::lost,
          {fmt::format("the connection to `{}` ({}) broke: {}", host.name, host.address,
                       words.empty() ? "ssh says nothing" : words)}};
}

Result<fs::path> Ssh::settings_file(const SshHost& host) const {
  auto folder = private_folder();
  if (!folder) return folder;
  const auto [address, port] = env_->connect_to(host.address, host.port);
  // Named by all it says: another key is another file, and never finds the connection of the former.
  const auto known =
      fmt::format("{} {} {} {} {} {}", host.name, address, port, host.user, host.identity, host.public_key);
  const auto base = *folder / to_hex(sha256(known)).substr(0, 16);
  auto text = fmt::format("Host {}\n  HostName {}\n  Port {}\n  User {}\n", setting(host.name), setting(address), port,
                          setting(host.user));
  if (!host.public_key.empty())
    text += fmt::format("  HostKeyAlias {}\n  UserKnownHostsFile {}.known\n  GlobalKnownHostsFile /dev/null\n",
                        host.name, base.string());
  if (!host.identity.empty()) text += fmt::format("  IdentityFile {}\n  IdentitiesOnly yes\n", setting(host.identity));
  text += fmt::format(
      "  StrictHostKeyChecking yes\n  UpdateHostKeys no\n  BatchMode yes\n"
      "  ConnectTimeout 10\n  ServerAliveInterval 5\n  ServerAliveCountMax 3\n  ForwardAgent no\n"
      "  ClearAllForwardings yes\n  LogLevel ERROR\n  ControlMaster auto\n  ControlPath {}.sock\n  ControlPersist 60\n",
      base.string());
  // The first value of a setting counts, so the user's own come last.
  text += "Host *\n  Include ~/.ssh/config\n";
  const fs::path file = base.string() + ".conf";
  // Found whole, it is the same: its name is made from all it says.
  if (fs::exists(file)) return file;
  if (!host.public_key.empty()) {
    auto written = replace_file(base.string() + ".known", known_hosts_line(host.name, host.public_key) + '\n');
    if (!written) return written.error();
  }
  if (auto written = replace_file(file, text); !written) return written.error();
  return file;
}

Task<Result<SshResult>> Ssh::run(SshHost host, std::string script, std::vector<std::string> arguments,
                                 SshConnection connection, Milliseconds timeout) {
  const auto settings = settings_file(host);
  if (!settings) co_return settings.error();
  ChildCommand command;
  command.arguments = {"ssh", "-F", settings->string()};
  if (connection == SshConnection::fresh) {
    command.arguments.insert(command.arguments.end(), {"-o", "ControlMaster=no", "-o", "ControlPath=none"});
  }
  command.arguments.insert(command.arguments.end(), {"--", host.name, "sh -s --"});
  for (const auto& argument : arguments) command.arguments.back() += ' ' + shell_quoted(argument);
  // The shell reads all of it before it runs any of it, and nothing that it runs can take the rest away.
  command.input = fmt::format("nmx() {{\n{}\n}}\nnmx \"$@\" < /dev/null\n", script);
  command.timeout = timeout;
  auto running = env_->run(std::move(command));
  auto result = co_await running;
  if (!result) {
    co_return SshResult(SshFailure{SshFailure::Kind::lost, result.error()});
  }
  if (result->exit_code == 255) co_return SshResult(explain_ssh(host, *result));
  co_return SshResult(*std::move(result));
}

}  // namespace nmx
