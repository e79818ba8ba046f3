#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostics/diagnostic.hpp"
#include "lang/diagnostics/result.hpp"
#include "planner/allocate.hpp"
#include "planner/change.hpp"
#include "planner/runtime/env.hpp"
#include "planner/runtime/task.hpp"
#include "planner/schema.hpp"

namespace nmx {

/// What a server told about itself: version, rights, nodes, storages. Asked once a run; each provider documents its own
/// keys.
using Facts = Object;

/// An object of state whose real counterpart is wanted.
struct ObjectId {
  Address address;
  std::string type;
  std::string id;
  /// As last applied: a provider may need a node or zone to find it.
  Object applied;
};

/// What was found.
struct Observed {
  enum class Status { present, absent, unreachable };
  Status status = Status::absent;
  /// In the type's normal form.
  Object attributes;
  /// The id by which it was found; may differ from the one in state after a migration.
  std::string id;
  /// Changes whenever anything of the object changes.
  std::string digest;
  /// Why it is unreachable.
  std::string why;
};

/// Something of a shared number space that is taken by an object that is not nmx's: an address, a VMID.
struct Occupied {
  std::string space;  // `ip`, `proxmox.vmid`
  std::string value;
  std::string by;  // for messages: `CT 120 "printer" on pve1`
};

/// What an operation came to.
struct Answer {
  /// The object in normal form as read back; only the last operation of an object must give it.
  Object attributes;
  std::string id;
  /// What the server warned of although it succeeded, for the operator.
  std::vector<std::string> notes = {};
};

/// What became of an operation whose intent was journalled and whose result was not.
enum class Fate { done, not_done, half };
struct Reconciled {
  Fate fate = Fate::not_done;
  /// With `done`: as if `execute` had answered. Its notes are told whatever the fate is: why it was not done.
  Answer answer;
};

/// A wanted object, complete but for what only effects tell.
struct Wanted {
  Address address;
  std::string type;
  Object object;
};
/// What the provider found out about a wanted object while planning.
struct Foreseen {
  /// Added to the wanted object.
  Object attributes;
  /// It cannot be as it is written; told at its block.
  std::optional<Error> refused = {};
  /// The real object cannot be asked, so nothing of it is planned, and why; empty: it can.
  std::string out_of_reach = {};
};

/// What `decide` may use.
struct Deciding {
  const Address& address;
  /// The configured attributes in normal form; decided ones are absent unless written.
  const Object& wanted;
  /// As last applied; null pointer for a new object.
  const Object* applied;
  const Facts& facts;
  Allocator& allocator;
};

/// What the checks before a plan may use.
struct Checking {
  const Change& change;
  const Facts& facts;
  const ResourceConfiguration* configuration;  // null pointer: the object goes
  Span block;
  /// Where an attribute was set, else the block.
  Span place(std::string_view attribute) const;
};

/// One resource type of a provider. Pure: no effects.
class ResourceType {
 public:
  virtual ~ResourceType() = default;
  virtual const Schema& schema() const = 0;
  /// One form for wanted and real values, so that equal things compare equal. Attributes that are not set are absent.
  virtual Object normalise(const Object& object, const Facts& facts) const = 0;
  /// Values for the attributes that are `decided` and not written. Errors end the object's planning and are shown at
  /// its block.
  virtual Result<Object> decide(const Deciding& deciding) const;
  /// The number of the message that tells such an error.
  virtual Code refusal() const { return Code::pool_exhausted; }
  /// Everything the server would refuse, told now, with file and line.
  virtual void check(const Checking& checking, Diagnostics& diagnostics) const;
  /// The steps of a change, in order; ids and `after` between objects are the planner's.
  virtual Result<std::vector<Operation>> operations(const Change& change, const Facts& facts) const = 0;
  /// Whether destroying this object loses what nmx cannot make again; by default what the schema says. `known`: as it
  /// is, with what only the state remembers of it.
  virtual bool loses_data(const Object& known) const;
  /// A refinement of the schema's rule for one change, for example a disk that grows (live) or shrinks (forbidden).
  /// `path` is the element's where the attribute has an identity. Nothing: the schema's rule holds.
  virtual std::optional<OnChange> on_change(std::string_view path, const Value& before, const Value& after) const;
};

/// Takes what an operation of the plan is doing: `building 3 of 12`.
using ProgressReport = std::function<void(std::size_t operation, std::string_view what)>;

/// A connection to one real system.
class Provider {
 public:
  virtual ~Provider() = default;
  /// Version, rights, nodes: asked once a run.
  virtual Task<Result<Facts>> connect() = 0;
  /// All objects of all types at once, in the order asked, in the fewest requests.
  virtual Task<std::vector<Observed>> read(std::vector<ObjectId> ids) = 0;
  /// Whether `foresee` has anything to say.
  virtual bool foresees() const { return false; }
  /// What only effects tell of wanted objects, before they are compared with the real ones: what a build would come to.
  /// Asked after `read`; answers in the order asked.
  virtual Task<std::vector<Foreseen>> foresee(std::vector<Wanted> wanted);
  /// For the header of every plan: what the operator may not expect.
  virtual std::vector<std::string> warnings() const { return {}; }
  /// What others occupy; asked only when something must be allocated.
  virtual Task<Result<std::vector<Occupied>>> survey();
  /// Carries out one operation whose holes are filled; the answer is what was read back.
  virtual Task<Result<Answer>> execute(Operation operation) = 0;
  /// An intent without a result, after a crash or a lost answer.
  virtual Task<Result<Reconciled>> reconcile(Operation operation) = 0;
  /// Where operations that take long tell how far they are.
  void report_to(ProgressReport report) { report_ = std::move(report); }

 protected:
  void report(const Operation& operation, std::string_view what) const {
    if (report_) report_(operation.id, what);
  }

 private:
  ProgressReport report_;
};

/// How a provider is made from its block.
struct ProviderSettings {
  std::string name;  // `proxmox.attic`
  Object settings;
  /// Derives values that look random and are the same at each run: HMAC over (state key; lineage, label).
  std::function<std::string(std::string_view label)> derive;
  /// The site's folder, for what is written beside its files.
  std::filesystem::path folder = {};
  /// The site has no block for it.
  bool assumed = false;
};

/// One row of the table of providers.
struct ProviderType {
  std::string name;
  /// The attributes of its block.
  Interface settings;
  std::vector<std::shared_ptr<const ResourceType>> types;  // shared by every registry copy
  std::function<Result<std::unique_ptr<Provider>>(const ProviderSettings&, Env&)> make;
};

/// Every provider and resource type there is; an explicit table made by `providers/providers.cpp`.
class Registry {
 public:
  explicit Registry(std::vector<ProviderType> providers);
  const ProviderType* provider(std::string_view name) const;
  const ResourceType* type(std::string_view name) const;
  /// Which provider serves a type; empty where none does.
  std::string_view provider_of(std::string_view type) const;
  std::vector<std::string> type_names() const;
  const std::vector<ProviderType>& providers() const { return providers_; }

  Registry(Registry&&) = default;
  Registry(const Registry&) = delete;  // its index points into it
  Registry& operator=(const Registry&) = delete;

 private:
  struct Entry {
    const ResourceType* type;
    const ProviderType* provider;
  };
  std::vector<ProviderType> providers_;
  std::map<std::string, Entry, std::less<>> types_;
};

}  // namespace nmx
