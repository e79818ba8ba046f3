#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "providers/lab/guest_observer.hpp"
#include "providers/lab/proxmox/clock.hpp"
#include "providers/lab/proxmox/guest_config.hpp"

namespace nmx::lab::proxmox {

struct Node {
  bool online = true;
  std::string address;
  std::int64_t memory = std::int64_t{64} << 30;
  int cpus = 16;
  std::int64_t root_disk = std::int64_t{256} << 30;
  /// Names to MTU.
  std::map<std::string, int> bridges{{"vmbr0", 1500}, {"vmbr1", 1500}};
  /// What can be handed into a container.
  std::set<std::string> devices{"/dev/fuse",           "/dev/kvm",      "/dev/net/tun", "/dev/ttyUSB0",
                                "/dev/dri/renderD128", "/dev/dri/card0"};
};

struct Storage {
  std::string type;  // dir, lvmthin, zfspool, btrfs, nfs
  std::set<std::string> content;
  bool shared = false;
  std::int64_t total = std::int64_t{2} << 40;
  /// Taken by something that is no volume of the lab's.
  std::int64_t taken = std::int64_t{20} << 30;
  /// What else its configuration says: `path`, `nodes`, `disable` …
  Options options = {};

  bool enabled() const { return !options.contains("disable") || options.at("disable") == "0"; }
  /// Files and subvolumes take what is written to them; a volume group gives its space away at once.
  bool thin() const { return type != "lvm" && type != "lvmthin"; }
  bool usable_on(const std::string& node) const;
  bool has_files() const { return type == "dir" || type == "nfs" || type == "cifs" || type == "btrfs"; }
};

struct Volume {
  /// Empty for a shared storage.
  std::string node;
  std::string storage;
  std::string content;
  std::string format;
  std::int64_t size = 0;
  int vmid = 0;
  /// Of a backup: the guest's configuration when it was made.
  std::string archive = {};

  /// What it takes of its storage.
  std::int64_t written(const Storage& where) const;
};

struct Guest {
  std::string node;
  GuestConfig config;
  bool running = false;
  std::int64_t started = 0;
  std::string pool;
  std::vector<std::string> ssh_keys;
  /// Options in force in the running container, which pending changes wait to replace.
  Options active;
};

struct Task {
  std::string node, type, id, user;
  std::int64_t pid = 0, pstart = 0, starttime = 0;
  bool stopped = false;
  std::string exit_status;
  std::vector<std::string> log;
  /// The guest whose lock it needs; 0: none.
  int guest = 0;
  /// Whether it keeps that lock until it ends, or only takes it to begin.
  bool keeps_file_lock = true;
  std::chrono::milliseconds duration{0};
  /// Set once it has its lock.
  std::optional<std::chrono::steady_clock::time_point> due;
  std::chrono::steady_clock::time_point gives_up;
  /// What it does once it has its lock; text: it fails, and why.
  std::function<std::string(Task&)> begin;
  /// What it does when its time is over: the exit status. Not kept over a restart of the lab.
  std::function<std::string(Task&)> effect;

  std::string upid() const;
};

struct Token {
  std::string secret;
  bool separated = true;
  std::string comment = {};
  std::int64_t expires = 0;  // unix seconds; 0: never
};
struct User {
  std::string password;  // empty: cannot log in
  bool enabled = true;
  std::map<std::string, Token> tokens = {};
  std::int64_t expires = 0;
  /// `comment`, `email`, `firstname` …
  Options described = {};
};
/// A role of a user, a token (`nmx@pve!lab`) or a group on a path and below it.
struct Grant {
  std::string path, who, role;
  bool propagate = true;
};

/// The rules of a guest, a node or the cluster. Entries are kept as they were sent, checked.
struct Firewall {
  struct Set {
    std::string comment;
    std::vector<Options> entries;  // `cidr`, `nomatch`, `comment`
  };
  Options options;
  std::vector<Options> rules;
  std::map<std::string, Options> aliases;  // `cidr`, `comment`
  std::map<std::string, Set> sets;
  /// Security groups, which only the cluster has; their rules are the entries.
  std::map<std::string, Set> groups;
};

/// Everything the cluster holds. Plain data; what may be done with it stands in the handlers.
struct World {
  explicit World(double speed) : clock(speed) {}

  Clock clock;
  std::string version = "9.2.11";
  std::map<std::string, Node> nodes;
  std::map<std::string, Storage> storages;
  /// By volume id (`local-lvm:vm-100-disk-0`) and node, for local storages.
  std::map<std::pair<std::string, std::string>, Volume> volumes;
  std::map<int, Guest> guests;
  std::map<std::string, Task> tasks;
  std::map<std::string, User> users;
  std::map<std::string, std::set<std::string>> roles;
  std::vector<Grant> grants;
  std::map<std::string, std::string> pools;  // name → comment
  /// The storages that are members of a pool.
  std::map<std::string, std::set<std::string>> pool_storages;
  std::map<int, Firewall> guest_firewalls;
  std::map<std::string, Firewall> node_firewalls;
  Firewall cluster_firewall;
  /// By id: `ct:100`, the name of a rule, the id of a job.
  std::map<std::string, Options> ha_resources, ha_rules, backup_jobs;
  /// `datacenter.cfg`.
  Options cluster_options{{"mac_prefix", "BC:24:11"}};
  /// Tickets that were given out: text → user.
  std::map<std::string, std::string> tickets;
  std::int64_t next_pid = 1000;
  GuestObserver* observer = nullptr;
  bool changed = false;

  /// The guest whose lock a running task holds.
  bool locked(int vmid) const;
  /// Starts a task; its identifier.
  std::string start_task(Task task);
  /// Lets time pass: tasks get their locks, end, and take effect.
  void advance();

  std::int64_t free_bytes(const std::string& storage, const std::string& node) const;
  Volume* volume(const std::string& id, const std::string& node);
  void free_volume(const std::string& id, const std::string& node);
};

/// Whether a storage's volumes can be snapshots of themselves.
bool takes_snapshots(const Storage& storage);
/// The cluster that `nmx lab` starts with.
void fill_default(World& world);

}  // namespace nmx::lab::proxmox
