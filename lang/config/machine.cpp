#include "lang/config/machine.hpp"

#include <fmt/core.h>
#include <pthread.h>

#include <algorithm>

#include "lang/value/convert.hpp"

namespace nmx {
namespace {

/// The lowest address that evaluation may use of this thread's stack; below it an error must still fit.
char* lowest_of_stack() {
  constexpr std::size_t reserve = 768 * 1024;
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return nullptr;
  void* lowest = nullptr;
  std::size_t size = 0;
  pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  return static_cast<char*>(lowest) + std::min(reserve, size / 2);
}

Code code_of(Mismatch::Reason reason) {
  switch (reason) {
    case Mismatch::Reason::wrong_type: return Code::wrong_type;
    case Mismatch::Reason::wrong_unit: return Code::wrong_unit;
    case Mismatch::Reason::missing: return Code::missing_attribute;
    case Mismatch::Reason::unknown_key: return Code::unknown_attribute;
    case Mismatch::Reason::bad_format: return Code::bad_format;
    case Mismatch::Reason::unknown_member: return Code::unknown_member;
  }
  return Code::wrong_type;
}

Code code_of(OperationError::Kind kind) {
  switch (kind) {
    case OperationError::Kind::operands: return Code::bad_operands;
    case OperationError::Kind::overflow: return Code::overflow;
    case OperationError::Kind::division_by_zero: return Code::division_by_zero;
    case OperationError::Kind::index: return Code::bad_index;
    case OperationError::Kind::null: return Code::null_value;
    case OperationError::Kind::argument_count: return Code::bad_arguments;
    case OperationError::Kind::argument: return Code::bad_arguments;
    case OperationError::Kind::failed: return Code::function_failed;
    case OperationError::Kind::not_known: return Code::not_known_yet;
  }
  return Code::function_failed;
}

}  // namespace

std::string Node::kind() const {
  switch (role) {
    case Role::module: return "module";
    case Role::instance: return definition->name;
    case Role::resource: return "resource";
    case Role::nested: return block->type;
    case Role::provider: return "provider";
  }
  return "";
}

const Node& Node::written() const {
  const auto* node = this;
  while (node->home != nullptr && node->home->role == Role::instance) node = node->home;
  return *node;
}

Machine::Machine(const Configuration& given, ResourceHost& resource_host, Inputs& given_inputs,
                 Diagnostics& given_diagnostics)
    : configuration(given), host(resource_host), inputs(given_inputs), diagnostics(given_diagnostics) {
  stack_end_ = lowest_of_stack();
  root = &make(Node::Role::module, nullptr, nullptr);
  root->module = &configuration.root();
  root->inputs.resize(root->module->variables.size());
  root->locals.resize(root->module->contents.locals.size());
  root->outputs.resize(root->module->contents.outputs.size());
  all_modules.push_back(root);
}

Node& Machine::make(Node::Role role, Node* home, const BlockDeclaration* block) {
  auto& node = nodes_.emplace_back();
  node.role = role;
  node.home = home;
  node.block = block;
  node.ordinal = nodes_.size();
  return node;
}

Frame Machine::frame_of(Node& home, const Node* each) const {
  Frame frame;
  frame.home = &home;
  frame.each = each;
  return frame;
}

const Node* Machine::each_of(const Node* node) {
  while (node != nullptr && !node->each_key) node = node->role == Node::Role::nested ? node->outer_each : node->home;
  return node;
}

void Machine::read(const Node& resource) {
  if (!collectors_.empty()) collectors_.back()->add({&resource, nullptr});
}

void Machine::read(const Trace* trace) {
  if (trace != nullptr && !collectors_.empty()) collectors_.back()->add({nullptr, trace});
}

std::vector<const Node*> Machine::reads_of(const std::function<void()>& evaluation) {
  Reading reading;
  collectors_.push_back(&reading);
  evaluation();
  collectors_.pop_back();
  return reached(reading.reads(), ++walks_);
}

const Trace* Machine::keep(Reading reading, const Step& step) {
  if (reading.empty()) return nullptr;
  auto& trace = traces_.emplace_back();
  trace.node = step.node;
  trace.scope = step.scope;
  trace.name = step.name;
  trace.span = step.span;
  trace.reads = reading.take();
  summarise(trace);
  return &trace;
}

bool Machine::is_low() const {
  return stack_end_ != nullptr && static_cast<char*>(__builtin_frame_address(0)) < stack_end_;
}

bool Machine::on_fresh_stack(const std::function<void()>& evaluation) {
  constexpr int most = 8;
  constexpr std::size_t size = std::size_t{256} << 20;
  if (fresh_stacks_ == most) return false;
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  struct Work {
    Machine& machine;
    const std::function<void()>& evaluation;
  } work{*this, evaluation};
  auto* const outer = stack_end_;
  pthread_t thread;
  const auto run = [](void* given) -> void* {
    auto& [machine, body] = *static_cast<Work*>(given);
    machine.stack_end_ = lowest_of_stack();
    body();
    return nullptr;
  };
  ++fresh_stacks_;
  const bool runs =
      pthread_attr_setstacksize(&attributes, size) == 0 && pthread_create(&thread, &attributes, run, &work) == 0;
  if (runs) pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  --fresh_stacks_;
  stack_end_ = outer;
  return runs;
}

bool Machine::spend(std::size_t work, Span span) {
  if (work_ > most_work) return false;
  work_ += work;
  if (work_ <= most_work) return true;
  diagnostics.error(Code::evaluation_too_long, span, "evaluation takes too long: it was given up here")
      .with_help("walk less at once: a `for` inside a `for` takes the product of both");
  return false;
}

namespace {

/// How much there is to walk in a value; a part that stands in several places counts as often.
std::size_t weight(const Value& value, std::size_t most) {
  std::size_t sum = 1;
  if (const auto* text = value.string()) sum += text->size() / 16;
  if (const auto* list = value.list()) {
    for (const auto& element : *list) {
      sum += weight(element, most - std::min(most, sum));
      if (sum > most) return sum;
    }
  } else if (const auto* object = value.object()) {
    for (const auto& [key, element] : *object) {
      sum += weight(element, most - std::min(most, sum));
      if (sum > most) return sum;
    }
  }
  return sum;
}

}  // namespace

Value Machine::weighed(Value value, Span span) {
  constexpr std::size_t most = 10'000'000;
  const auto work = weight(value, most);
  if (work > most) {
    diagnostics.error(Code::value_too_large, span, fmt::format("this value has more than {} parts", most));
    return Value{Poison{}};
  }
  return spend(work, span) ? std::move(value) : Value{Poison{}};
}

Value Machine::too_deep(Span span) {
  if (told_cycles_.insert(nullptr).second) {
    diagnostics.error(Code::evaluation_too_deep, span, "this needs values that need values, too many deep")
        .with_help("break the chain: give something in the middle a value of its own");
  }
  return Value{Poison{}};
}

bool Machine::begin(Slot& slot, Span span, const Node& node, std::string_view scope, std::string_view name) {
  if (slot.state == Slot::State::running) {
    tell_cycle(&slot);
    return false;
  }
  slot.state = Slot::State::running;
  steps_.push_back({&slot, span, &node, scope, name, diagnostics.size(), undecided_});
  return true;
}

void Machine::bring_home(std::size_t first, const Node& node) {
  const auto* instance = node.role == Node::Role::instance ? &node
                         : node.role == Node::Role::nested ? node.owner
                                                           : node.home;
  if (instance == nullptr || instance->role != Node::Role::instance) return;
  const auto within = [](Span inner, const KindDeclaration& kind) {
    const auto outer = kind.block->span;
    return inner.source == outer.source && inner.begin >= outer.begin && inner.end <= outer.end;
  };
  const auto& kind = *instance->definition;
  for (auto at = first; at < diagnostics.size(); ++at) {
    auto& told = diagnostics.at(at);
    if (told.code == Code::cycle || (!within(told.span, *kind.own) && !within(told.span, *kind.family))) continue;
    told.labels.insert(told.labels.begin(), Label{told.span, fmt::format("in the definition of `{}`", kind.name)});
    told.span = instance->written().block->header();
  }
}

void Machine::end(Slot& slot, Reading reading) {
  bring_home(steps_.back().told, *steps_.back().node);
  // What went wrong inside `try` was not told, so it must be found again by whoever asks outside of it.
  const bool untold = quiet_ > 0 && slot.value.is_poison();
  slot.state = untold || steps_.back().undecided != undecided_ ? Slot::State::empty : Slot::State::done;
  slot.trace = keep(std::move(reading), steps_.back());
  steps_.pop_back();
  read(slot.trace);
}

std::string Machine::describe(const Node& node, std::string_view scope, std::string_view name) {
  const bool has_no_name = node.place.steps().empty() || scope == "var" || scope == "local";
  const bool is_provider = node.role == Node::Role::provider && node.home->role == Node::Role::module;
  const auto of_node = has_no_name ? std::string() : (is_provider ? "provider." : "") + node.address();
  if (scope.empty()) return of_node.empty() ? fmt::format("output {}", name) : fmt::format("{}.{}", of_node, name);
  if (of_node.empty()) return name.empty() ? std::string(scope) : fmt::format("{}.{}", scope, name);
  return fmt::format("{} of {}", name.empty() ? scope : name, of_node);
}

Value Machine::tell_cycle(const void* what) {
  const auto first = std::find_if(steps_.begin(), steps_.end(), [&](const Step& step) { return step.what == what; });
  if (first == steps_.end()) return Value{Poison{}};
  for (auto step = first; step != steps_.end(); ++step) {
    if (!told_cycles_.insert(step->what).second) return Value{Poison{}};
  }
  auto& told = diagnostics.error(Code::cycle, first->span, fmt::format("`{}` needs itself", first->describe()));
  for (auto step = first; step != steps_.end(); ++step) {
    const auto next = step + 1 == steps_.end() ? first : step + 1;
    told.label(step->span, fmt::format("`{}` needs `{}`", step->describe(), next->describe()));
  }
  told.with_help("one of these must not read the next");
  return Value{Poison{}};
}

Value Machine::fit(const Value& value, const Type& type, Span span, std::string_view what) {
  if (value.is_poison()) return value;
  auto converted = convert(value, type);
  if (auto* fits = std::get_if<Value>(&converted)) return std::move(*fits);
  const auto& mismatch = std::get<Mismatch>(converted);
  diagnostics
      .error(code_of(mismatch.reason), span,
             mismatch.path.empty() ? fmt::format("`{}`: {}", what, mismatch.message)
                                   : fmt::format("`{}{}`: {}", what, mismatch.path, mismatch.message))
      .with_help(mismatch.help);
  return Value{Poison{}};
}

bool Machine::in_range(const Value& value, const std::optional<double>& min, const std::optional<double>& max,
                       Span span, std::string_view what) {
  double number = 0;
  if (const auto* integer = value.integer()) {
    number = static_cast<double>(*integer);
  } else if (const auto* real = std::get_if<double>(&value.held)) {
    number = *real;
  } else if (const auto* bytes = std::get_if<Bytes>(&value.held)) {
    number = static_cast<double>(bytes->count);
  } else {
    return true;
  }
  if (min && number < *min) {
    diagnostics.error(Code::out_of_range, span,
                      fmt::format("`{}` is {}, and must be at least {}", what, display(value), *min));
    return false;
  }
  if (max && number > *max) {
    diagnostics.error(Code::out_of_range, span,
                      fmt::format("`{}` is {}, and must be at most {}", what, display(value), *max));
    return false;
  }
  return true;
}

Value Machine::poison(const OperationError& error, Span span, const std::vector<ast::Argument>* arguments) {
  const bool one =
      arguments != nullptr && error.argument >= 0 && static_cast<std::size_t>(error.argument) < arguments->size();
  const auto at = one ? (*arguments)[static_cast<std::size_t>(error.argument)].value.span : span;
  diagnostics.error(code_of(error.kind), at, error.message).with_help(error.help);
  return Value{Poison{}};
}

}  // namespace nmx
