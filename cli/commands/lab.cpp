#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <optional>
#include <ostream>
#include <stdexcept>

#include "cli/commands/commands.hpp"
#include "cli/commands/lab_guest.hpp"
#include "cli/context.hpp"
#include "providers/lab/guests/guests.hpp"
#include "providers/lab/lab.hpp"

namespace nmx {
namespace {

std::filesystem::path default_folder() {
  const char* data = std::getenv("XDG_DATA_HOME");
  const char* home = std::getenv("HOME");
  if (data != nullptr && *data != '\0') return std::filesystem::path(data) / "nmx" / "lab";
  return std::filesystem::path(home == nullptr ? "." : home) / ".local" / "share" / "nmx" / "lab";
}

template <typename Number>
std::optional<Number> number(const std::string& text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Ctrl-C and its like, blocked before the lab starts its threads, so that they inherit it and only `wait` sees the
/// end.
class Ends {
 public:
  Ends() {
    sigemptyset(&signals_);
    for (const int one : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals_, one);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }
  void wait() const {
    int received = 0;
    sigwait(&signals_, &received);
  }

 private:
  sigset_t signals_{};
};

Exit run_lab(Context& context) {
  const auto port = number<std::uint16_t>(context.arguments.value("port").value_or("8006"));
  // Free ports go together.
  const auto authentik_port =
      number<std::uint16_t>(context.arguments.value("authentik-port").value_or(port && *port == 0 ? "0" : "9443"));
  const auto speed = number<double>(context.arguments.value("speed").value_or("1"));
  if (!port || !authentik_port || !speed || *speed <= 0) {
    context.streams.err << "error: `-port` and `-authentik-port` are numbers up to 65535, `-speed` one above 0\n";
    return Exit::error;
  }
  if (const auto file = context.arguments.value("unseal")) return unseal_secrets(context, *file);
  const Ends ends;
  lab::LabOptions options;
  options.folder = context.folder / context.arguments.value("folder").value_or(default_folder().string());
  options.port = *port;
  options.authentik_port = *authentik_port;
  options.authentik_release = context.arguments.value("authentik-release").value_or("");
  options.speed = *speed;
  options.faults = context.arguments.value("fault").value_or("");
  options.release = context.arguments.value("pve").value_or("");
  try {
    if (const auto where = context.arguments.value("serve-authentik"))
      return serve_authentik(context, *where, [&] { ends.wait(); });
    // Outlives the lab, which tells it what happens.
    std::optional<lab::Guests> guests;
    if (!context.arguments.flag("no-guests")) {
      if (const auto missing = lab::Guests::missing()) {
        context.streams.err << fmt::format("note: containers will not answer to ssh: {}\n", *missing);
      } else {
        guests.emplace(options.folder / "guests");
        options.observer = &*guests;
        options.guest_ports = guests->port_base();
      }
    }
    const lab::Lab running(options);
    for (const auto& [name, value] : running.variables()) {
      context.streams.out << fmt::format("export {}='{}'\n", name, value);
    }
    context.streams.out << fmt::format(
        "# ready: a Proxmox cluster at {}, an Authentik at {}, kept in {}; Ctrl-C ends it\n", running.endpoint(),
        running.authentik_url(), options.folder.string());
    context.streams.out.flush();
    ends.wait();
  } catch (const std::runtime_error& error) {
    context.streams.err << fmt::format("error: the lab cannot start: {}\n", error.what());
    return Exit::error;
  }
  return Exit::done;
}

}  // namespace

Command lab_command() {
  return {"lab",
          "run a Proxmox cluster and an Authentik on loopback, to try things on",
          {},
          {{"folder", "DIR", "where it is kept, by default below ~/.local/share/nmx"},
           {"port", "N", "8006 by default; 0 takes a free one"},
           {"authentik-port", "N", "9443 by default"},
           {"authentik-release", "R", "2025.10 to 2026.8; the newest by default"},
           {"pve", "RELEASE", "the release of Proxmox VE that it is: 8.4, 9.0, 9.1, 9.2"},
           {"fault", "RULES", "what goes wrong: 'POST /nodes/*/lxc nth 2 reset after; …'"},
           {"speed", "N", "how many times as fast as a real cluster"},
           {"no-guests", "", "started containers do not answer to ssh"},
           {"serve-authentik", "ADDRESS", "inside a guest: be an Authentik alone, without TLS"},
           {"unseal", "FILE", "inside a guest: write what its secrets file holds to /run/secrets"}},
          run_lab};
}

}  // namespace nmx
