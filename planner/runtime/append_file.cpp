#include "planner/runtime/append_file.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace nmx {
namespace {

Status write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Error{std::strerror(errno)};
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return Done{};
}

}  // namespace

AppendFile::~AppendFile() { close(); }

Status AppendFile::open(const std::filesystem::path& path) {
  close();
  path_ = path;
  status_ = Done{};
  descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor_ < 0) return Error{fmt::format("cannot open `{}`: {}", path.string(), std::strerror(errno))};
  return Done{};
}

void AppendFile::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void AppendFile::add(std::string record, Waiter waiter) {
  buffer_ += record;
  waiting_.push_back(std::move(waiter));
}

void AppendFile::commit() {
  if (status_.has_value()) {
    auto written = descriptor_ < 0 ? Status(Error{"it is not open"}) : write_all(descriptor_, buffer_);
    if (written && ::fdatasync(descriptor_) != 0) written = Error{std::strerror(errno)};
    if (!written) {
      status_ = Error{fmt::format("cannot write `{}`: {}", path_.string(), written.error().message),
                      "make room or give back the right to write, then run nmx again: it finds out what was done"};
    }
  }
  buffer_.clear();
  for (const auto& waiter : waiting_) waiter.wake();
  waiting_.clear();
}

}  // namespace nmx
