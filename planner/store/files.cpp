#include "planner/store/files.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace nmx {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  bool open() const { return number_ >= 0; }

 private:
  int number_;
};

Error failed(std::string_view verb, const std::filesystem::path& path) {
  return Error{fmt::format("cannot {} `{}`: {}", verb, path.string(), std::strerror(errno))};
}

Status write_all(int descriptor, std::string_view content, const std::filesystem::path& path) {
  while (!content.empty()) {
    const auto count = ::write(descriptor, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("write", path);
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return Done{};
}

Status sync_folder(const std::filesystem::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.open() || ::fsync(descriptor.number()) != 0) return failed("sync", folder);
  return Done{};
}

}  // namespace

Result<std::optional<std::string>> read_whole(const std::filesystem::path& file) {
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor.open()) {
    if (errno == ENOENT) return std::optional<std::string>();
    return failed("read", file);
  }
  std::string content;
  struct stat about {};
  if (::fstat(descriptor.number(), &about) == 0 && about.st_size > 0)
    content.reserve(static_cast<std::size_t>(about.st_size));
  std::array<char, 1 << 16> buffer;
  for (;;) {
    const auto count = ::read(descriptor.number(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("read", file);
    if (count == 0) return std::optional(std::move(content));
    content.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

Status replace_file(const std::filesystem::path& file, std::string_view content, unsigned mode) {
  auto fresh = file;
  fresh += ".new";
  {
    const Descriptor descriptor(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (!descriptor.open()) return failed("write", fresh);
    const auto written = write_all(descriptor.number(), content, fresh);
    if (!written) return written;
    if (::fsync(descriptor.number()) != 0) return failed("sync", fresh);
  }
  return rename_file(fresh, file);
}

Result<bool> create_file(const std::filesystem::path& file, std::string_view content) {
  // Written under a name of its own: two that make it at once do not write into each other's.
  const std::filesystem::path fresh = fmt::format("{}.{}", file.string(), ::getpid());
  if (auto written = replace_file(fresh, content); !written) return written.error();
  const bool made = ::link(fresh.c_str(), file.c_str()) == 0;
  const auto why = errno;
  ::unlink(fresh.c_str());
  errno = why;
  if (!made && why != EEXIST) return failed("write", file);
  if (auto synced = sync_folder(file.parent_path()); !synced) return synced.error();
  return made;
}

Status rename_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return failed("replace", to);
  return sync_folder(to.parent_path());
}

Status append_to_file(const std::filesystem::path& file, std::string_view content) {
  const Descriptor descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!descriptor.open()) return failed("write", file);
  const auto written = write_all(descriptor.number(), content, file);
  if (!written) return written;
  if (::fsync(descriptor.number()) != 0) return failed("sync", file);
  return Done{};
}

Status remove_file(const std::filesystem::path& file) {
  if (::unlink(file.c_str()) != 0) {
    if (errno == ENOENT) return Done{};
    return failed("remove", file);
  }
  return sync_folder(file.parent_path());
}

Status make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return Done{};
  if (folder.has_parent_path() && !folder.parent_path().empty()) {
    std::filesystem::create_directories(folder.parent_path(), error);
  }
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return failed("make", folder);
  return Done{};
}

}  // namespace nmx
