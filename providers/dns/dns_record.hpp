#pragma once

#include <optional>

#include "planner/provider.hpp"
#include "providers/dns/served.hpp"
#include "providers/dns/zone.hpp"

namespace nmx::dns {

/// `dns_record`: the records of one name and type, and for addresses the names that lead back to it.
class DnsRecord : public ResourceType {
 public:
  DnsRecord();
  const Schema& schema() const override { return schema_; }
  Object normalise(const Object& object, const Facts& facts) const override;
  Result<Object> decide(const Deciding& deciding) const override;
  void check(const Checking& checking, Diagnostics& diagnostics) const override;
  Result<std::vector<Operation>> operations(const Change& change, const Facts& facts) const override;

 private:
  Schema schema_;
};

/// An object in normal form, unpacked.
struct WantedRecord {
  std::string zone;
  RecordKey key;
  RecordSet set;
  /// Names lead back from its addresses.
  bool ptr = false;
  bool adopt = false;

  std::string full_name() const;
  /// `app.example.com A`.
  std::string id() const;
};
WantedRecord unpack(const Object& normal);

/// What an id says of an object that state does not know: enough to `observe` it. Nothing: no zone of these is its.
std::optional<Object> identified(std::string_view id, const std::vector<std::string>& zones);

/// Where a PTR of an address stands.
struct ReversePlace {
  std::string zone;
  RecordKey key;
};
/// Nothing: none of the zones is the address's.
std::optional<ReversePlace> reverse_place(std::string_view address, const std::vector<std::string>& zones);

/// The object in normal form as it is in these zones; `applied` says whether its PTRs are asked for. Nothing: it is not
/// there.
std::optional<Object> observe(const Object& applied, const std::map<std::string, Zone>& zones, const Facts& facts);

}  // namespace nmx::dns
