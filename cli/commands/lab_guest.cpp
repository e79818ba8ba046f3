#include "cli/commands/lab_guest.hpp"

#include <fmt/core.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <ostream>
#include <stdexcept>

#include "planner/store/files.hpp"
#include "providers/lab/authentik/service.hpp"
#include "providers/support/age_key.hpp"
#include "providers/support/sops_file.hpp"

namespace nmx {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

Exit serve_authentik(Context& context, const std::string& where, const std::function<void()>& wait) {
  lab::authentik::Service::Options options;
  const auto colon = where.rfind(':');
  const auto* end = where.data() + where.size();
  if (colon == std::string::npos || std::from_chars(where.data() + colon + 1, end, options.port).ptr != end) {
    context.streams.err << fmt::format("error: `{}` is no address with a port\n", where);
    return Exit::error;
  }
  options.address = where.substr(0, colon);
  options.folder = context.folder / context.arguments.value("folder").value_or(".");
  options.release = context.arguments.value("authentik-release").value_or("");
  options.bootstrap_token = environment("AUTHENTIK_BOOTSTRAP_TOKEN");
  std::error_code error;
  fs::create_directories(options.folder, error);
  if (error) {
    context.streams.err << fmt::format("error: cannot make `{}`: {}\n", options.folder.string(), error.message());
    return Exit::error;
  }
  const lab::authentik::Service service(options, nullptr);
  context.streams.out << fmt::format("listening on {}\n", service.url());
  context.streams.out.flush();
  wait();
  return Exit::done;
}

Exit unseal_secrets(Context& context, const std::string& file) {
  const fs::path folder = "/run/secrets";
  const auto fail = [&](const Error& error) {
    context.streams.err << fmt::format("error: cannot read the secrets of this host: {}\n", error.message);
    return Exit::error;
  };
  const auto key = age_key_of_ssh(read("/etc/ssh/ssh_host_ed25519_key"));
  if (!key) return fail(key.error());
  const auto secrets = read_sops(read(file), key->identity);
  if (!secrets) return fail(secrets.error());
  std::error_code error;
  fs::remove_all(folder, error);
  if (!error) fs::create_directories(folder, error);
  if (error) return fail({fmt::format("cannot make `{}` anew: {}", folder.string(), error.message())});
  for (const auto& [name, value] : *secrets) {
    if (value.string() == nullptr) continue;
    if (const auto written = replace_file(folder / name, *value.string()); !written) return fail(written.error());
  }
  return Exit::done;
}

}  // namespace nmx
