#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "planner/state.hpp"

namespace nmx::test {

/// A state with everything that a state can hold.
inline State sample_state() {
  State state;
  state.lineage = "0b6c2a52-5f0e-4a3d-9d55-0c7c1f6e7a11";
  state.serial = 41;
  state.derivation = "derivation-canary-of-32-bytes...";
  state.passphrase = Argon2{std::string(16, '\x5a'), 3, 268'435'456};
  StateObject container;
  container.type = "proxmox_container";
  container.provider = "proxmox";
  container.id = "pve2/115";
  container.schema_version = 3;
  container.attributes = Object{
      {"memory", Bytes{536'870'912}},
      {"start", true},
      {"cores", 2},
      {"weight", 2.0},
      {"password", Value("hunter2-canary").as_secret()},
      {"mounts", List{Object{{"path", "/srv"}, {"key", Value("inner-canary").as_secret()}}, Null{}}},
      {"grace", Duration{90'000}},
      {"module", Nix{"{ pkgs, ... }: { }"}},
      {"$odd", Object{{"$bytes", "not a size"}}},
      {"text", "quote \" back \\ line\nbell \x07 ü"},
      {"broken", std::string("\xff\xfe", 2)},
  };
  const auto dns = Address{}.child("container").child("dns");
  const auto media = Address{}.child("container").child("media", "films.example.com").child("lxc");
  container.dependencies = {dns};
  state.objects[media] = container;
  container.status = StateObject::Status::tainted;
  container.protect = true;
  container.dependencies.clear();
  state.objects[dns] = container;
  state.allocations["ip"]["10.0.0.7"] = {"container.dns", 0};
  state.allocations["ip"]["10.0.0.8"] = {"container.gone", 12};
  state.outputs["url"] = {"https://films.example.com", "where films are"};
  state.outputs["token"] = {Value("output-canary").as_secret(), ""};
  return state;
}

/// A folder of its own that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "nmx-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace nmx::test
