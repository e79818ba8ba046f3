#pragma once

#include <string>
#include <vector>

#include "lang/diagnostics/result.hpp"
#include "planner/runtime/task.hpp"
#include "providers/dns/zone.hpp"

namespace nmx::dns {

/// What a kind of server can do.
struct Abilities {
  std::vector<std::string> types;
  bool ttl = true;
  /// PTR records can be written; else the server answers them by itself.
  bool reverse = true;
  bool proxied = false;
  /// A mark can be kept beside a record; else what state does not know is taken for a stranger's.
  bool marks = true;
};

/// What became of a write.
struct Written {
  enum class Fate {
    done,
    changed,  // somebody else was faster: nothing was written, read again
    refused,  // the server takes no such records: nothing was written
    failed,   // not reached, or nobody knows
  } fate = Fate::done;
  Error error = {};
};

/// A kind of DNS server.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual Abilities abilities() const = 0;
  /// The zones it serves for us, without dots at the end.
  virtual Task<Result<std::vector<std::string>>> zones() = 0;
  virtual Task<Result<Zone>> read(std::string zone) = 0;
  /// Writes all of them or none; one that is not any more as it was `before` makes it `changed`.
  virtual Task<Written> write(std::string zone, std::vector<Exchange> exchanges) = 0;
};

}  // namespace nmx::dns
