#include "planner/runtime/child.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace nmx {
namespace {

/// Its ends are closed with it, unless they were taken.
struct Pipe {
  int read = -1;
  int write = -1;
  Pipe() = default;
  ~Pipe() {
    for (const int end : {read, write}) {
      if (end >= 0) close(end);
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
};

bool open_pipe(Pipe& made) {
  std::array<int, 2> ends;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  made.read = ends[0];
  made.write = ends[1];
  return true;
}

void shut(int& descriptor) {
  if (descriptor >= 0) close(descriptor);
  descriptor = -1;
}

/// Reads what is there; closes at the end.
void drain(int& descriptor, std::string& into) {
  std::array<char, 65536> buffer;
  while (descriptor >= 0) {
    const auto count = read(descriptor, buffer.data(), buffer.size());
    if (count > 0) {
      into.append(buffer.data(), static_cast<std::size_t>(count));
    } else if (count == 0) {
      shut(descriptor);
    } else if (errno != EINTR) {
      if (errno != EAGAIN) shut(descriptor);
      return;
    }
  }
}

}  // namespace

Result<std::unique_ptr<Child>> Child::start(const ChildCommand& command, Waiter waiting) {
  Pipe in;
  Pipe out;
  Pipe err;
  if (!open_pipe(in) || !open_pipe(out) || !open_pipe(err)) {
    return Error{fmt::format("cannot start `{}`: {}", command.arguments.front(), std::strerror(errno))};
  }
  std::vector<char*> arguments;
  for (const auto& argument : command.arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  std::vector<std::string> settings;
  for (char** entry = environ; *entry != nullptr; ++entry) settings.emplace_back(*entry);
  for (const auto& [name, value] : command.environment) settings.push_back(name + "=" + value);
  std::vector<char*> environment;
  for (auto& setting : settings) environment.push_back(setting.data());
  environment.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write, STDERR_FILENO);
  if (!command.directory.empty()) posix_spawn_file_actions_addchdir_np(&actions, command.directory.c_str());
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  // Ignored here, and a program that was meant to end with its reader would not.
  sigset_t as_usual = none;
  sigaddset(&as_usual, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &as_usual);
  // A group of its own: Ctrl-C reaches nmx, which decides what becomes of its children.
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

  std::unique_ptr<Child> child(new Child);
  const int failed =
      posix_spawnp(&child->pid_, arguments[0], &actions, &attributes, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  child->input_ = std::exchange(in.write, -1);
  child->output_ = std::exchange(out.read, -1);
  child->errors_ = std::exchange(err.read, -1);
  if (failed != 0) {
    child->pid_ = -1;
    return Error{fmt::format("cannot start `{}`: {}", command.arguments.front(), std::strerror(failed))};
  }
  for (const int descriptor : {child->input_, child->output_, child->errors_}) {
    fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
  }
  child->pidfd_ = static_cast<int>(syscall(SYS_pidfd_open, child->pid_, 0));
  child->to_write_ = command.input;
  child->on_errors_ = command.on_errors;
  child->waiting_ = std::move(waiting);
  return child;
}

Child::~Child() {
  if (pid_ > 0 && !ended_) {
    kill(-pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  for (int* descriptor : {&input_, &output_, &errors_, &pidfd_}) shut(*descriptor);
}

void Child::watch(std::vector<HttpClient::Watched>& watched) const {
  if (input_ >= 0) watched.push_back({input_, false, true});
  if (output_ >= 0) watched.push_back({output_, true, false});
  if (errors_ >= 0) watched.push_back({errors_, true, false});
  if (!ended_) watched.push_back({pidfd_, true, false});
}

void Child::read_errors() {
  const auto before = result_.errors.size();
  drain(errors_, result_.errors);
  if (on_errors_ && result_.errors.size() > before) on_errors_(std::string_view(result_.errors).substr(before));
}

bool Child::advance() {
  while (input_ >= 0 && !to_write_.empty()) {
    const auto count = write(input_, to_write_.data(), to_write_.size());
    if (count < 0 && errno == EAGAIN) break;
    if (count < 0 && errno != EINTR) to_write_.clear();
    if (count > 0) to_write_.erase(0, static_cast<std::size_t>(count));
  }
  if (to_write_.empty()) shut(input_);
  drain(output_, result_.output);
  read_errors();
  int status = 0;
  if (!ended_ && waitpid(pid_, &status, WNOHANG) == pid_) {
    ended_ = true;
    result_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    drain(output_, result_.output);
    read_errors();
    // Whoever the child left behind may hold the pipes open; what the child itself said is complete.
    shut(output_);
    shut(errors_);
  }
  return ended_;
}

}  // namespace nmx
