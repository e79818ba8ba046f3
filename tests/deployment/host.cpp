#include "tests/deployment/host.hpp"

#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "providers/support/digest.hpp"
#include "providers/support/openssh_key.hpp"

namespace nmx::test {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text,
           fs::perms perms = fs::perms::owner_read | fs::perms::owner_write) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
  fs::permissions(path, perms);
}

constexpr auto flake_text = R"nix({
  outputs = { self }: {
    nixosConfigurations.web.config.system.build.toplevel = derivation {
      name = "nixos-system-web";
      system = "MACHINE-linux";
      builder = "/bin/sh";
      PATH = "/usr/bin:/bin";
      plays = builtins.readFile ./plays;
      passAsFile = [ "plays" ];
      args = [ "-c" ''
        set -e
        mkdir -p $out/bin
        cp "$playsPath" $out/lab
        printf '#!/bin/sh\nexec lab-switch %s "$@"\n' $out > $out/bin/switch-to-configuration
        chmod 0755 $out/bin/switch-to-configuration
        if grep -q '^unbuildable' $out/lab; then echo the compiler is out of order >&2; exit 1; fi
      '' ];
    };
  };
}
)nix";

/// What Debian's Nix needs without a daemon and without a network.
constexpr auto nix_config =
    "experimental-features = nix-command flakes\nsandbox = false\nsubstituters =\nbuild-users-group =\n"
    "warn-dirty = false\nflake-registry =\n";

}  // namespace

Task<Result<ChildResult>> CountingEnv::run(ChildCommand command) {
  if (command.arguments.front() == "ssh") ++ssh_commands;
  return CurlEnv::run(std::move(command));
}

std::optional<std::string> Host::missing() {
  if (access("/usr/bin/nix", X_OK) != 0) return "`nix` is not on this machine (Debian: nix-bin)";
  if (geteuid() != 0) return "Debian's Nix without its daemon builds as root only";
  return lab::Guests::missing();
}

Host::Host() {
  std::string pattern = (fs::temp_directory_path() / "nmx-host-XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
  setenv("HOME", folder_.c_str(), 1);
  setenv("XDG_RUNTIME_DIR", folder_.c_str(), 1);
  setenv("NIX_CONFIG", nix_config, 1);

  const auto operator_key = openssh_ed25519(std::string(32, 'o'), "ada@example.com");
  write(folder_ / "operator", operator_key.private_file);
  const auto host_key = openssh_ed25519(std::string(32, 'h'), "web");
  public_key_ = host_key.public_line;
  guests_.emplace(folder_ / "guests");
  start_guest(100, "web", "192.168.77.31", host_key.private_file);

  utsname machine{};
  uname(&machine);
  std::string flake = flake_text;
  flake.replace(flake.find("MACHINE"), 7, machine.machine);
  write(folder_ / "flake" / "flake.nix", flake);
  describe("unit sshd.service\n");
  setenv("NMX_CONNECT_TO", ("lab:" + std::to_string(guests_->port_base())).c_str(), 1);
  env_.emplace();
}

Host::~Host() {
  env_.reset();
  guests_.reset();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void Host::start_guest(int vmid, const std::string& name, const std::string& address, const std::string& host_key) {
  lab::GuestView view;
  view.vmid = vmid;
  view.options = {{"hostname", name}, {"net0", "name=eth0,bridge=vmbr0,ip=" + address + "/24"}};
  const auto operator_key = openssh_ed25519(std::string(32, 'o'), "ada@example.com");
  view.ssh_keys = {operator_key.public_line + " nmx-host-key-v1:" + base64(host_key)};
  guests_->created(view);
  guests_->started(view);
}

SshHost Host::start_builder() {
  const auto host_key = openssh_ed25519(std::string(32, 'b'), "builder");
  start_guest(101, "builder", "192.168.77.5", host_key.private_file);
  return {"builder", "192.168.77.5", "root", (folder_ / "operator").string(), host_key.public_line};
}

SshHost Host::ssh() const { return {"web", "192.168.77.31", "root", (folder_ / "operator").string(), public_key_}; }

void Host::describe(const std::string& plays) { write(folder_ / "flake" / "plays", plays); }

std::string Host::inside(const std::string& file) const {
  std::ifstream in(folder_ / "guests" / "100" / file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string Host::link(const std::string& file) const {
  std::error_code none;
  return fs::read_symlink(folder_ / "guests" / "100" / file, none).filename().string();
}

}  // namespace nmx::test
