#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/session.hpp"
#include "providers/support/ssh.hpp"

namespace nmx {

/// `-user`, `-identity`, `-e`: options of every command that goes to a machine.
std::vector<Option> host_options();

/// A container of the state and its address.
struct GuestObject {
  Address address;
  const StateObject* object;
};
/// The container of the state that is called so, as `find_host` finds machines. Nothing: that was printed.
std::optional<GuestObject> find_guest(Session& session, const std::string& name);

/// The machine of the state that is called so: by its host name, or by a name in its address (`container.media`,
/// `service.vaultwarden`). Nothing: there is none, or several, or it cannot be reached, and that was printed.
std::optional<SshHost> find_host(Session& session, const std::string& name);

/// The same, for whoever tells of it himself. Errors: there is none, or several, or it cannot be reached.
Result<SshHost> look_up_host(Session& session, const std::string& name);

/// Runs ssh in place of nmx, on the terminal that nmx has; `command` empty: a shell. Comes back only when it cannot
/// begin, which was printed.
Exit become_ssh(std::unique_ptr<Session> session, const SshHost& host, const std::vector<std::string>& command);

}  // namespace nmx
