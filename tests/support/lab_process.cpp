#include "tests/support/lab_process.hpp"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <thread>

namespace nmx::test {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// `export NAME=VALUE` or `export NAME='VALUE'`, a line each.
std::map<std::string, std::string> exported(const std::string& text) {
  std::map<std::string, std::string> variables;
  std::size_t at = 0;
  while ((at = text.find("export ", at)) != std::string::npos) {
    const auto equals = text.find('=', at);
    const auto end = text.find('\n', at);
    if (equals == std::string::npos || end == std::string::npos) break;
    auto value = text.substr(equals + 1, end - equals - 1);
    if (value.size() >= 2 && value.front() == '\'') value = value.substr(1, value.size() - 2);
    variables[text.substr(at + 7, equals - at - 7)] = value;
    at = end;
  }
  return variables;
}

}  // namespace

LabProcess::LabProcess(std::string nmx, std::string options) : nmx_(std::move(nmx)) {
  std::string pattern = (fs::temp_directory_path() / "nmx-e2e-XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
  const auto printed = folder_ / "lab.env";
  const auto command = "exec '" + nmx_ + "' lab -folder '" + (folder_ / "lab").string() + "' -port 0 " + options +
                       " >'" + printed.string() + "' 2>'" + (folder_ / "lab.log").string() + "'";
  pid_ = fork();
  if (pid_ == 0) {
    execl("/bin/bash", "bash", "-c", command.c_str(), nullptr);
    _exit(127);
  }
  for (int attempt = 0; attempt < 600 && !ready_; ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    variables_ = exported(read(printed));
    ready_ = variables_.contains("PROXMOX_ENDPOINT") && read(printed).find("ready") != std::string::npos;
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      break;
    }
  }
}

void LabProcess::kill(int signal) {
  if (pid_ <= 0) return;
  ::kill(pid_, signal);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

LabProcess::~LabProcess() {
  kill(SIGTERM);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string LabProcess::log() const { return read(folder_ / "lab.log") + read(folder_ / "lab.env"); }

std::string LabProcess::variable(const std::string& name) const {
  const auto found = variables_.find(name);
  return found == variables_.end() ? std::string() : found->second;
}

ShellResult LabProcess::shell(const std::string& line, const fs::path& folder, const fs::path& prelude) const {
  const auto script = folder_ / "step.sh";
  {
    std::ofstream file(script);
    for (const auto& [name, value] : variables_) file << "export " << name << "='" << value << "'\n";
    file << "export HOME='" << folder_.string() << "' PATH='" << fs::path(nmx_).parent_path().string()
         << "':\"$PATH\"\n"
         << "export NO_COLOR=1 COLUMNS=100\nunset NMX_LOG\n"
         << "cd '" << folder.string() << "'\n";
    if (!prelude.empty()) file << ". '" << prelude.string() << "'\n";
    file << line << "\n";
  }
  ShellResult result;
  const auto command = "bash '" + script.string() + "' 2>&1 </dev/null";
  FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 4096> buffer;
  std::size_t count = 0;
  while ((count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0) result.output.append(buffer.data(), count);
  const int status = pclose(pipe);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace nmx::test
