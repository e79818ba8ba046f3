#include "providers/lab/guests/guests.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <fstream>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "providers/lab/guests/scripts.hpp"

namespace nmx::lab {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 4> programs = {"/usr/sbin/sshd", "/usr/bin/unshare", "/usr/bin/setpriv",
                                                 "/usr/bin/ssh-keygen"};

/// Starts a program with nothing to read and its words in `log`. Errors: 0.
pid_t start(const std::vector<std::string>& command, const fs::path& log) {
  std::vector<char*> arguments;
  for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  // Out of reach of the terminal's Ctrl-C: the lab ends its guests itself.
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  // The guests' own environment: nothing of the lab's reaches them.
  std::string path = "PATH=/usr/bin:/bin:/usr/sbin:/sbin";
  std::array<char*, 2> environment = {path.data(), nullptr};
  pid_t pid = 0;
  if (posix_spawn(&pid, arguments[0], &actions, &attributes, arguments.data(), environment.data()) != 0) pid = 0;
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return pid;
}

/// The command that runs another in namespaces of its own, and kills all of it when this process goes.
std::vector<std::string> contained(std::vector<std::string> command) {
  std::vector<std::string> all = {"/usr/bin/setpriv", "--pdeathsig", "KILL",  "/usr/bin/unshare",
                                  "--mount",          "--uts",       "--pid", "--fork",
                                  "--kill-child=KILL"};
  if (geteuid() != 0) all.insert(all.end(), {"--user", "--map-current-user", "--keep-caps"});
  all.insert(all.end(), command.begin(), command.end());
  return all;
}

/// The addresses of its network cards: `ip=192.168.50.31/24` in `net0` and so on.
std::vector<std::string> loopback_addresses(const GuestView& guest) {
  std::vector<std::string> found;
  for (const auto& [name, value] : guest.options) {
    const auto at = name.rfind("net", 0) == 0 ? (',' + value).find(",ip=") : std::string::npos;
    if (at == std::string::npos) continue;
    const auto address = value.substr(at + 3, value.find_first_of("/,", at + 3) - at - 3);
    in_addr parsed{};
    if (inet_pton(AF_INET, address.c_str(), &parsed) == 1) found.push_back("127" + address.substr(address.find('.')));
  }
  return found;
}

void write(const fs::path& path, std::string_view text, mode_t mode) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (file < 0 || ::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    fmt::print(stderr, "lab: cannot write {}: {}\n", path.string(), std::strerror(errno));
  if (file >= 0) close(file);
}

/// The process that another started; 0: there is none yet.
pid_t only_child(pid_t parent) {
  std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", parent));
  pid_t child = 0;
  children >> child;
  return child;
}

/// A socket that nobody connects to: whoever holds it owns the ports that begin there.
int claim(std::uint16_t port) {
  const int held = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(held, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return held;
  close(held);
  return -1;
}

}  // namespace

/// One thread starts and stops all guests, in the order of what happened: the lab does not wait for them, and a guest
/// dies with the thread that started it.
class Guests::State {
 public:
  explicit State(fs::path folder) : folder_(std::move(folder)) {
    for (base_ = 20'000; (claim_ = claim(base_)) < 0; base_ = static_cast<std::uint16_t>(base_ + 1024)) {
      if (base_ > 30'000) throw std::runtime_error("every range of ports for guests from 20000 to 32000 is taken");
    }
    fs::create_directories(folder_);
    fs::permissions(folder_, fs::perms::owner_all);
    worker_ = std::thread([this] { work(); });
  }
  ~State() {
    then([this] {
      while (!running_.empty()) stop(running_.begin()->first);
      ended_ = true;
    });
    worker_.join();
    close(claim_);
  }

  std::uint16_t base() const { return base_; }

  void then(std::function<void()> what) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(what));
    something_.notify_one();
  }

  /// The keys are there before the first boot, as the template's extraction leaves them.
  void furnish(const GuestView& guest) {
    const auto root = root_of(guest.vmid);
    fs::remove_all(root);
    fs::create_directories(root / "root" / ".ssh");
    std::string keys;
    for (const auto& key : guest.ssh_keys) keys += key + '\n';
    write(root / "root" / ".ssh" / "authorized_keys", keys, 0600);
  }

  void start_guest(const GuestView& guest) {
    stop(guest.vmid);
    const auto addresses = loopback_addresses(guest);
    if (addresses.empty()) return;
    const auto root = root_of(guest.vmid);
    if (!fs::exists(root)) furnish(guest);
    const auto tools = root / "lab" / "bin";
    fs::create_directories(tools);
    for (const auto& [name, text] : guest_scripts()) write(tools / name, text, 0755);
    fs::create_directories(root / "etc");
    const auto name = guest.options.find("hostname");
    write(root / "etc" / "hostname", name == guest.options.end() ? "CT" + std::to_string(guest.vmid) : name->second,
          0644);
    std::vector<std::string> boot = {"/bin/sh", tools / "boot", root, fs::read_symlink("/proc/self/exe"),
                                     std::to_string(base_ + 22)};
    boot.insert(boot.end(), addresses.begin(), addresses.end());
    const auto pid = start(contained(std::move(boot)), folder_ / (std::to_string(guest.vmid) + ".log"));
    if (pid != 0) running_[guest.vmid] = pid;
  }

  void stop(int vmid) {
    const auto found = running_.find(vmid);
    if (found == running_.end()) return;
    // With its process 1 all of the guest goes, and `unshare` ends when all of it is gone: its ports are free then.
    const auto first = only_child(found->second);
    kill(first != 0 ? first : found->second, SIGKILL);
    waitpid(found->second, nullptr, 0);
    running_.erase(found);
  }

  void remove(int vmid) {
    stop(vmid);
    std::error_code ignored;
    fs::remove_all(root_of(vmid), ignored);
    fs::remove(folder_ / (std::to_string(vmid) + ".log"), ignored);
  }

 private:
  fs::path root_of(int vmid) const { return folder_ / std::to_string(vmid); }

  void work() {
    while (!ended_) {
      std::unique_lock lock(mutex_);
      something_.wait(lock, [this] { return !waiting_.empty(); });
      const auto what = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      try {
        what();
      } catch (const fs::filesystem_error& error) {
        fmt::print(stderr, "lab: {}\n", error.what());
      }
    }
  }

  fs::path folder_;
  std::uint16_t base_ = 0;
  int claim_ = -1;
  std::map<int, pid_t> running_;
  bool ended_ = false;
  std::mutex mutex_;
  std::condition_variable something_;
  std::deque<std::function<void()>> waiting_;
  std::thread worker_;
};

std::optional<std::string> Guests::missing() {
  for (const auto* program : programs) {
    if (access(program, X_OK) != 0)
      return fmt::format("`{}` is not on this machine (Debian: openssh-server, util-linux)", program);
  }
  const auto pid = start(contained({"/bin/true"}), "/dev/null");
  int status = 1;
  if (pid == 0 || waitpid(pid, &status, 0) != pid || status != 0)
    return "this machine does not allow namespaces (`unshare --mount --uts --pid`)";
  return std::nullopt;
}

Guests::Guests(fs::path folder) : state_(std::make_unique<State>(std::move(folder))) {}
Guests::~Guests() = default;

std::uint16_t Guests::port_base() const { return state_->base(); }

void Guests::created(const GuestView& guest) {
  state_->then([state = state_.get(), guest] { state->furnish(guest); });
}
void Guests::started(const GuestView& guest) {
  state_->then([state = state_.get(), guest] { state->start_guest(guest); });
}
void Guests::stopped(int vmid) {
  state_->then([state = state_.get(), vmid] { state->stop(vmid); });
}
void Guests::destroyed(int vmid) {
  state_->then([state = state_.get(), vmid] { state->remove(vmid); });
}

}  // namespace nmx::lab
