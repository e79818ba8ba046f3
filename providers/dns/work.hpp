#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "planner/provider.hpp"
#include "providers/dns/backend.hpp"
#include "providers/dns/dns_record.hpp"
#include "providers/support/batch.hpp"

namespace nmx::dns {

/// Carries out operations on records: those that come at the same time go to the server together.
class RecordWork {
 public:
  RecordWork(Env& env, Backend& backend)
      : backend_(backend), batch_(env, [this](Batch::Jobs jobs) { return carry_out(std::move(jobs)); }) {}

  void know(Facts facts) { facts_ = std::move(facts); }
  Task<Result<Answer>> execute(Operation operation);
  Task<Result<Reconciled>> reconcile(Operation operation);

 private:
  using Jobs = Batch::Jobs;
  using Zones = std::map<std::string, Zone>;

  /// Brings every job to a result.
  Task<Done> carry_out(Jobs jobs);
  Task<Result<Zones>> read_zones(Jobs jobs);
  /// Changes the zones as the job asks.
  Status edit(const Operation& operation, Zones& zones) const;
  void lead_back(const WantedRecord& record, std::string_view mark, Zones& zones) const;
  void lead_nowhere(const WantedRecord& record, Zones& zones) const;

  Backend& backend_;
  Facts facts_;
  Batch batch_;
};

/// Zones that the records of this object touch.
std::vector<std::string> touched_zones(const Object& normal, const std::vector<std::string>& served);

}  // namespace nmx::dns
