#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>

namespace nmx::test {

struct ShellResult {
  int exit_code = 0;
  /// Standard output and standard error as they came.
  std::string output;
};

/// A lab of its own, as `nmx lab` starts it, in a folder of its own; both go with it.
class LabProcess {
 public:
  /// `options` are appended to `nmx lab`.
  explicit LabProcess(std::string nmx, std::string options = "-speed 200 -no-guests");
  ~LabProcess();
  LabProcess(const LabProcess&) = delete;
  LabProcess& operator=(const LabProcess&) = delete;

  /// It answers; otherwise `log` says why not.
  bool ready() const { return ready_; }
  std::string log() const;
  const std::filesystem::path& folder() const { return folder_; }
  /// What the lab printed for its users to export.
  std::string variable(const std::string& name) const;
  const std::map<std::string, std::string>& variables() const { return variables_; }

  /// Ends it by a signal, and waits for that.
  void kill(int signal);

  /// One line of bash in `folder`, with the lab's variables, `nmx` on the path and a HOME of its own.
  ShellResult shell(const std::string& line, const std::filesystem::path& folder,
                    const std::filesystem::path& prelude = {}) const;

 private:
  std::string nmx_;
  std::filesystem::path folder_;
  pid_t pid_ = -1;
  bool ready_ = false;
  std::map<std::string, std::string> variables_;
};

}  // namespace nmx::test
