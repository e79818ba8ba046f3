#include "cli/hosts.hpp"

#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ostream>
#include <set>

#include "lang/diagnostics/suggest.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx {
namespace {

const std::string container_type = "proxmox_container";

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "`" : ", `") + name + "`";
  return text;
}

std::string without_prefix(const std::string& address) { return address.substr(0, address.find('/')); }

/// Where it answers: an address of its own, or of its first network card that has one.
std::string address_of(const Object& attributes) {
  const Fields fields(attributes);
  if (const auto own = fields.text("address")) return without_prefix(*own);
  for (const auto& card : elements(attributes.at_or_null("network"))) {
    const auto* object = card.object();
    const auto ip = object == nullptr ? std::nullopt : Fields(*object).text("ip");
    if (ip && *ip != "dhcp" && *ip != "manual") return without_prefix(*ip);
  }
  return "";
}

/// A container and the NixOS system in it are one machine; of two names the system's is the one that tells
/// environments apart.
struct Machine {
  Address address;
  std::vector<std::string> names;
  SshHost ssh;
  /// The types of what it is made of.
  std::set<std::string> parts;
};

/// The innermost block that an object is part of: `service.media.container` of `service.media.container.lxc`; what a
/// `resource` block made is its own.
Address inner_block_of(const Address& address) {
  const auto& steps = address.steps();
  return block_of(address) == address ? address : Address({steps.begin(), steps.end() - 1});
}

std::vector<Machine> machines(const State& state, const std::set<std::string>& types) {
  std::vector<Machine> found;
  for (const auto& [address, object] : state.objects) {
    if (!types.contains(object.type)) continue;
    const Fields fields(object.attributes);
    const auto name = fields.text("hostname").value_or(fields.text_or("name", ""));
    auto same = std::find_if(found.begin(), found.end(), [&](const Machine& one) { return one.ssh.name == name; });
    if (same == found.end()) {
      same = std::find_if(found.begin(), found.end(), [&, &where = address, &type = object.type](const Machine& one) {
        return !one.parts.contains(type) && inner_block_of(one.address) == inner_block_of(where);
      });
    }
    auto& machine = same == found.end() ? found.emplace_back(Machine{address, {}, {}, {}}) : *same;
    machine.parts.insert(object.type);
    machine.names.push_back(name);
    if (machine.ssh.name.empty() || object.type == "nixos_host") machine.ssh.name = name;
    if (machine.ssh.address.empty()) machine.ssh.address = address_of(object.attributes);
    if (machine.ssh.public_key.empty()) machine.ssh.public_key = fields.text_or("host_public_key", "");
  }
  return found;
}

bool is_called(const Machine& machine, const std::string& name) {
  const auto& names = machine.names;
  if (std::find(names.begin(), names.end(), name) != names.end()) return true;
  if (to_string(machine.address).rfind(name + ".", 0) == 0) return true;
  const auto& steps = machine.address.steps();
  return std::any_of(steps.begin(), steps.end(), [&](const auto& step) { return step.name == name; });
}

/// The one that is called so. Errors: there is none, or several.
Result<Machine> chosen(const std::vector<Machine>& all, const std::string& name) {
  std::vector<Machine> fitting;
  std::vector<std::string> names;
  for (const auto& machine : all) {
    names.push_back(machine.ssh.name);
    if (machine.ssh.name == name) return machine;
    if (is_called(machine, name)) fitting.push_back(machine);
  }
  if (fitting.size() == 1) return fitting.front();
  if (fitting.empty()) {
    auto help = did_you_mean(name, names);
    if (help.empty()) help = names.empty() ? "`nmx apply` makes machines" : fmt::format("there are {}", listed(names));
    return Error{fmt::format("the state knows no machine `{}`", name), std::move(help)};
  }
  std::vector<std::string> several;
  for (const auto& machine : fitting) several.push_back(machine.ssh.name);
  return Error{fmt::format("`{}` may be any of {}", name, listed(several)), "name one of them"};
}

}  // namespace

std::vector<Option> host_options() {
  return {{"user", "NAME", "whom to log in as; root by default"},
          {"identity", "FILE", "the private key to log in with; by default what the ssh agent offers"},
          environment_option()};
}

Result<SshHost> look_up_host(Session& session, const std::string& name) {
  const auto machine = chosen(machines(session.state, {container_type, "nixos_host"}), name);
  if (!machine) return machine.error();
  auto host = machine->ssh;
  if (host.address.empty()) return Error{fmt::format("`{}` has no address that nmx knows", host.name)};
  if (host.public_key.empty()) {
    return Error{fmt::format("nmx does not know the SSH host key of `{}`, and trusts none on first use", host.name),
                 "a container made with `first_boot = true` has one from nmx"};
  }
  const auto& arguments = session.context.arguments;
  host.user = arguments.value("user").value_or("root");
  host.identity = arguments.value("identity").value_or("");
  return host;
}

std::optional<SshHost> find_host(Session& session, const std::string& name) {
  auto host = look_up_host(session, name);
  if (!host) return session.print_error(host.error()), std::nullopt;
  return *std::move(host);
}

std::optional<GuestObject> find_guest(Session& session, const std::string& name) {
  const auto machine = chosen(machines(session.state, {container_type}), name);
  if (!machine) return session.print_error(machine.error()), std::nullopt;
  return GuestObject{machine->address, &session.state.objects.at(machine->address)};
}

Exit become_ssh(std::unique_ptr<Session> session, const SshHost& host, const std::vector<std::string>& command) {
  auto& streams = session->context.streams;
  const auto settings = Ssh(session->env).settings_file(host);
  if (!settings) return session->failed(settings.error());
  // Ends what the session holds, blocked signals among it: ssh is to hear Ctrl-C.
  session.reset();
  signal(SIGPIPE, SIG_DFL);
  streams.out.flush();
  const auto file = settings->string();
  std::string line;
  for (const auto& word : command) line += (line.empty() ? "" : " ") + shell_quoted(word);
  std::vector<const char*> words = {"ssh", "-F", file.c_str()};
  if (command.empty() && isatty(STDIN_FILENO) != 0) words.push_back("-t");
  words.insert(words.end(), {"--", host.name.c_str()});
  if (!command.empty()) words.push_back(line.c_str());
  words.push_back(nullptr);
  execvp("ssh", const_cast<char* const*>(words.data()));
  streams.err << fmt::format("error: cannot start `ssh`: {}\n", std::strerror(errno));
  return Exit::error;
}

}  // namespace nmx
