#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <ostream>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"

namespace nmx {
namespace {

namespace fs = std::filesystem;

struct File {
  const char* name;
  const char* text;
};

constexpr File site_file{
    "site.nmx", R"(# Where the containers run. The values come from the environment, so that none of them lands in git.
provider proxmox {
  endpoint    = env("PROXMOX_ENDPOINT") # https://pve1.lan:8006
  token       = env("PROXMOX_TOKEN") # nmx@pve!nmx=xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx
  fingerprint = env("PROXMOX_FINGERPRINT") # SHA-256 of the certificate, as the web interface shows it
}

# What holds for everything.
site home { domain = "home.example.com" }

# The network that containers are put on, and the addresses nmx may hand out.
network lan {
  cidr   = "192.168.50.0/24"
  bridge = "vmbr0"
  pool   = "192.168.50.20-192.168.50.199"
}

container hello { memory = 512MiB }
)"};

/// What nmx keeps for itself does not belong into git.
constexpr File ignore_file{".gitignore", ".nmx/\n"};

enum class Written { yes, exists, failed };

Written write_new(const fs::path& path, const char* text) {
  if (fs::exists(path)) return Written::exists;
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  return file ? Written::yes : Written::failed;
}

bool holds_configuration(const fs::path& folder) {
  const fs::directory_iterator files(folder);
  return std::any_of(begin(files), end(files), [](const auto& entry) { return entry.path().extension() == ".nmx"; });
}

Exit init(Context& context) {
  if (holds_configuration(context.folder)) {
    context.streams.err << "error: there is a configuration here already\n"
                           "  help: `nmx plan` shows what it would do; a new site wants a folder of its own\n";
    return Exit::error;
  }
  for (const auto& file : {site_file, ignore_file}) {
    const auto written = write_new(context.folder / file.name, file.text);
    if (written == Written::failed) {
      context.streams.err << fmt::format("error: cannot write `{}`\n", (context.folder / file.name).string());
      return Exit::error;
    }
    context.streams.out << fmt::format("{} {}\n", written == Written::yes ? "wrote" : "kept ", file.name);
  }
  context.streams.out << "\nnext: tell nmx where Proxmox is (the first lines of site.nmx say how), then `nmx plan`\n"
                         "      no Proxmox at hand? `nmx lab` is one\n";
  return Exit::done;
}

}  // namespace

Command init_command() { return {"init", "start a new site in this folder", {}, {}, init}; }

}  // namespace nmx
