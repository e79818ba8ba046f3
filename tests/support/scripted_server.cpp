#include "tests/support/scripted_server.hpp"

#include <stdlib.h>
#include <sys/wait.h>

#include "tests/support/free_port.hpp"
#include "tests/support/paths.hpp"

namespace nmx::test {

ScriptedServer::ScriptedServer(const std::string& script) : script_(source_folder() / "tests/support" / script) {
  auto pattern = (std::filesystem::temp_directory_path() / "nmx-server-XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
  port_ = free_port();
  const auto status = system(("'" + script_.string() + "' start '" + folder_.string() + "' " + std::to_string(port_) +
                              " >'" + (folder_ / "start.log").string() + "' 2>&1 </dev/null")
                                 .c_str());
  if (WEXITSTATUS(status) == 77) why_ = "it is not installed";
  if (status != 0 && why_.empty()) why_ = "it does not start, see " + folder_.string();
}

ScriptedServer::~ScriptedServer() {
  static_cast<void>(system(("'" + script_.string() + "' stop '" + folder_.string() + "' >/dev/null 2>&1").c_str()));
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace nmx::test
