#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/flake_files.hpp"
#include "planner/runtime/curl_env.hpp"
#include "planner/view/palette.hpp"
#include "providers/nix/flake_folder.hpp"
#include "providers/support/age_key.hpp"

namespace nmx {
namespace {

namespace fs = std::filesystem;

struct File {
  std::string name;
  std::string text;
};

/// Whoever starts the site: the SSH key that he has.
struct Operator {
  std::string file;       // as written: `~/.ssh/id_ed25519.pub`
  std::string recipient;  // for age
};

std::optional<Operator> find_operator() {
  const char* home = std::getenv("HOME");
  if (home == nullptr) return std::nullopt;
  std::ifstream file(fs::path(home) / ".ssh/id_ed25519.pub", std::ios::binary);
  const std::string line(std::istreambuf_iterator<char>(file), {});
  auto recipient = age_recipient(line);
  if (!recipient) return std::nullopt;
  return Operator{"~/.ssh/id_ed25519.pub", *std::move(recipient)};
}

std::string site_text(const std::optional<Operator>& whose) {
  const auto operators = whose ? fmt::format("[file(\"{}\")]", whose->file)
                               : std::string("[] # SSH keys that may log in: [file(\"~/.ssh/id_ed25519.pub\")]");
  return fmt::format(
      R"(# Where the containers run. The values come from the environment, so that none of them lands in git.
provider proxmox {{
  endpoint    = env("PROXMOX_ENDPOINT") # https://pve1.lan:8006
  token       = env("PROXMOX_TOKEN") # nmx@pve!nmx=xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx
  fingerprint = env("PROXMOX_FINGERPRINT") # SHA-256 of the certificate, as the web interface shows it
}}

# Machines are built from flake.nix beside this file, and switched over ssh.
provider nix {{}}

# What holds for everything.
site home {{
  domain    = "home.example.com"
  operators = {}
}}

# The network that containers are put on, and the addresses nmx may hand out.
network lan {{
  cidr   = "192.168.50.0/24"
  bridge = "vmbr0"
  pool   = "192.168.50.20-192.168.50.199"
}}

container hello {{ memory = 512MiB }}
)",
      operators);
}

/// What nmx keeps for itself and what Nix builds do not belong into git.
File ignore_file() { return {".gitignore", ".nmx/\nresult\nresult-*\n"}; }

/// For secrets that are added by hand: who may read them besides the machine itself.
File sops_file(const Operator& whose) {
  return {
      ".sops.yaml",
      fmt::format(
          R"(# Who may read the secrets that you make by hand with `sops`. Those that nmx makes name their readers themselves.
creation_rules:
  - path_regex: secrets/.*\.json$
    age: {}
)",
          whose.recipient)};
}

/// The site's own flake, and nmx's beside it unless that comes from elsewhere.
std::vector<File> flake_of_site(const std::optional<std::string>& from) {
  std::vector<File> files;
  for (const auto& [path, text] : flake_files()) {
    if (path == "template/flake.nix") {
      std::string flake(text);
      const std::string key = "nmx.url = ";
      const auto begin = flake.find(key) + key.size();
      flake.replace(begin, flake.find('\n', begin) - begin,
                    from ? fmt::format("\"{}\";", *from) : "\"path:./nmx\"; # as this nmx brought it");
      files.insert(files.begin(), {"flake.nix", std::move(flake)});
    }
    if (!from) files.push_back({fmt::format("nmx/{}", path), std::string(text)});
  }
  return files;
}

enum class Written { yes, exists, failed };

Written write_new(const fs::path& path, const std::string& text) {
  std::error_code error;
  if (fs::exists(path, error)) return Written::exists;
  fs::create_directories(path.parent_path(), error);
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  return file ? Written::yes : Written::failed;
}

bool holds_configuration(const fs::path& folder) {
  std::error_code error;
  const fs::directory_iterator files(folder, error);
  return std::any_of(begin(files), end(files), [](const auto& entry) { return entry.path().extension() == ".nmx"; });
}

/// Nix sees of a repository only what git knows.
void tell_git(Context& context, std::vector<std::string> files) {
  CurlEnv env;
  for (const auto& note : env.drive(nix::FlakeFolder(context.folder, env).tell_git(std::move(files))))
    context.streams.out << "note: " << note << "\n";
}

Exit init(Context& context) {
  const bool with_site = !context.arguments.flag("flake");
  if (with_site && holds_configuration(context.folder)) {
    context.streams.err
        << "error: there is a configuration here already\n"
           "  help: `nmx init -flake` adds what is missing of the flake; a new site wants a folder of its "
           "own\n";
    return Exit::error;
  }
  const auto whose = find_operator();
  std::vector<File> files;
  if (with_site) files.push_back({"site.nmx", site_text(whose)});
  files.push_back(ignore_file());
  if (whose) files.push_back(sops_file(*whose));
  for (auto& file : flake_of_site(context.arguments.value("from"))) files.push_back(std::move(file));
  std::size_t below = 0;
  std::vector<std::string> written_files;
  for (const auto& file : files) {
    const auto written = write_new(context.folder / file.name, file.text);
    if (written == Written::failed) {
      context.streams.err << fmt::format("error: cannot write `{}`\n", (context.folder / file.name).string());
      return Exit::error;
    }
    written_files.push_back(file.name);
    if (file.name.rfind("nmx/", 0) == 0) {
      below += written == Written::yes ? 1 : 0;
      continue;
    }
    context.streams.out << fmt::format("{} {}\n", written == Written::yes ? "wrote" : "kept ", file.name);
  }
  if (below > 0)
    context.streams.out << fmt::format("wrote nmx/ ({}: what every machine has)\n", counted(below, "file"));
  tell_git(context, std::move(written_files));
  if (!with_site) return Exit::done;
  context.streams.out << "\nnext: tell nmx where Proxmox is (the first lines of site.nmx say how), then `nmx plan`\n"
                         "      no Proxmox at hand? `nmx lab` is one\n";
  return Exit::done;
}

}  // namespace

Command init_command() {
  return {"init",
          "start a new site in this folder; what is there is never overwritten",
          {},
          {{"flake", "", "only the flake: what is missing of it, and no site.nmx"},
           {"from", "FLAKE", "where nmx's own flake comes from, instead of a copy in nmx/"}},
          init};
}

}  // namespace nmx
