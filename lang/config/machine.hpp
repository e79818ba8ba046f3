#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "lang/config/evaluate.hpp"
#include "lang/config/node.hpp"
#include "lang/config/template_text.hpp"

namespace nmx {

/// A variable of a comprehension or a parameter of a function; lives on the stack of who binds it.
struct Variable {
  std::string_view name;
  Value value;
  const Variable* outer = nullptr;
};

/// Where an expression stands: whose names it sees.
struct Frame {
  Node* home = nullptr;
  /// The nearest block with `for_each`; null pointer: none.
  const Node* each = nullptr;
  /// The innermost one; null pointer: none.
  const Variable* variables = nullptr;
  /// What the value is wanted as; decides about bare words of enums. Null pointer: anything.
  const Type* wanted = nullptr;
  /// What `default` names: the value underneath.
  const std::function<Value()>* underneath = nullptr;
  const Value* element = nullptr;  // of the nearest splat
  /// In a template, which sees nothing but its variables and the functions of its home.
  bool in_template = false;
};

/// Whether something that is not there is an error or null.
enum class Absent { is_error, is_null };

/// The evaluator itself: expands blocks into nodes, finds names, computes values; lazily and each once. Split over
/// machine_*.cpp.
class Machine {
 public:
  Machine(const Configuration& configuration, ResourceHost& host, Inputs& inputs, Diagnostics& diagnostics);

  // machine_expand.cpp
  void expand_all();
  const Expansion& expand(Node& home, const BlockDeclaration& block);
  /// Every instance of a kind, by name, over all modules and makers.
  const std::map<std::string, Node*>& instances_of(std::string_view kind);

  // machine_names.cpp
  Value named(const ast::Name& name, Span span, const Frame& frame, Absent absent);
  std::optional<Value> reference(const ast::Expression& expression, const Frame& frame, Absent absent);
  Value lookup(std::string_view kind, const std::string& name, Span span, const Frame& frame, Absent absent);

  // machine_attributes.cpp
  Value attribute(const Node& node, const std::string& name, Span span, Absent absent);
  /// As `attribute`, as far as what is known of the instance's type shows it.
  Value attribute_seen(const Instance& instance, const std::string& name, Span span, Absent absent);
  Value input(Node& node, std::size_t at);
  Value variable(Node& module, std::size_t at);
  Value local(Node& home, std::size_t at);
  Value output(Node& home, std::size_t at);
  Value nested_blocks(Node& owner, const BlockInterface& interface);
  std::vector<std::string> attribute_names(const Node& node) const;

  // machine_resource.cpp
  /// What a provider's block sets.
  Value provider_setting(Node& provider, const Setting& setting, const InterfaceAttribute& declared);
  Value resource_attribute(Node& resource, const std::string& name, Span span);
  const ResourceConfiguration& configuration_of(Node& resource);
  std::string provider_of(const Node& resource) const;
  /// Reads what `depends_on` of a node and of those it stands in names.
  void depends(Node& node);

  // machine_expression.cpp
  Value evaluate(const ast::Expression& expression, const Frame& frame, Absent absent = Absent::is_error);

  // machine_literal.cpp
  /// A setting's whole value, its parts joined.
  Value evaluate_setting(const Setting& setting, const Frame& frame);

  // machine_state.cpp
  StateSettings state_settings(const Interface& interface);

  // machine_check.cpp
  void check_all();

  /// The value in the type's form, or poison with an error at the span.
  Value fit(const Value& value, const Type& type, Span span, std::string_view what);
  bool in_range(const Value& value, const std::optional<double>& min, const std::optional<double>& max, Span span,
                std::string_view what);
  Value poison(const OperationError& error, Span span, const std::vector<ast::Argument>* arguments = nullptr);
  Frame frame_of(Node& home, const Node* each) const;
  static const Node* each_of(const Node* node);

  /// Remembers that what is being computed now read a resource.
  void read(const Node& resource);
  void read(const Trace* trace);
  /// The resources that are read meanwhile, directly or through other values.
  std::vector<const Node*> reads_of(const std::function<void()>& evaluation);
  std::vector<ReferenceStep> chain(const Node& resource, const Node& needed);
  /// Computes a slot once. Scope (`local`, `var`, empty for an attribute of the node) and name say what it is in the
  /// message about a cycle.
  template <typename Body>
  const Value& once(Slot& slot, Span span, const Node& node, std::string_view scope, std::string_view name,
                    const Body& body) {
    if (slot.state == Slot::State::done) {
      read(slot.trace);
      return slot.value;
    }
    if (!begin(slot, span, node, scope, name)) return broken_;
    Reading reading;
    collectors_.push_back(&reading);
    slot.value = body();
    collectors_.pop_back();
    end(slot, std::move(reading));
    return slot.value;
  }
  /// Little is left of this thread's stack.
  bool is_low() const;
  /// Goes on in a thread that does nothing else, while this one waits: configurations may be deeper than a stack is.
  /// False: there were too many of them already.
  bool on_fresh_stack(const std::function<void()>& evaluation);
  Value too_deep(Span span);
  Node& make(Node::Role role, Node* home, const BlockDeclaration* block);

  const Configuration& configuration;
  ResourceHost& host;
  Inputs& inputs;
  Diagnostics& diagnostics;
  std::size_t most_work = 200'000'000;
  Node* root = nullptr;
  std::vector<Node*> resources;
  std::vector<Node*> all_instances;
  std::vector<Node*> all_modules;
  std::vector<Node*> all_providers;

 private:
  friend class Expanding;
  /// Something that is being computed, for the message about a cycle.
  struct Step {
    const void* what;
    Span span;
    const Node* node;
    std::string_view scope;
    std::string_view name;
    /// How much was told before.
    std::size_t told;
    /// How often something undecided was read before.
    std::size_t undecided;
    std::string describe() const { return Machine::describe(*node, scope, name); }
  };
  bool begin(Slot& slot, Span span, const Node& node, std::string_view scope, std::string_view name);
  void end(Slot& slot, Reading reading);
  /// Keeps what the step that is being computed has read; null pointer: nothing.
  const Trace* keep(Reading reading, const Step& step);
  static std::string describe(const Node& node, std::string_view scope, std::string_view name);
  /// Counts what is done; false: it was too much, which is told once.
  bool spend(std::size_t work, Span span);
  /// As `spend`, by how much there is to walk in a value that was just made; poison where that is too much.
  Value weighed(Value value, Span span);
  /// What was told of a definition's text is the user's to mend: it is told at the user's block, with the definition
  /// beside it.
  void bring_home(std::size_t first, const Node& node);
  Value tell_cycle(const void* what);
  Value unknown(Code code, const ast::Identifier& name, std::string message,
                const std::vector<std::string>& candidates);
  Value variable_reference(const ast::Identifier& name, const Frame& frame);
  Value local_reference(const ast::Identifier& name, const Frame& frame);
  Value input_reference(const ast::Identifier& name, const Frame& frame);
  Value each_reference(const ast::Identifier& name, const Frame& frame);
  Value module_reference(const ast::Identifier& name, const Frame& frame, Absent absent);
  Value provider_reference(const ast::Identifier& type, std::string_view name);
  Value resource_reference(const ast::Identifier& type, const ast::Identifier& name, const Frame& frame, Absent absent);
  std::optional<Value> given_variable(const VariableDeclaration& declaration, const Type& type, Span& span);
  static std::optional<Value> from_text(const std::string& text);
  Value check_bounds(Node& node, const InputDeclaration& declaration, const Value& value, Span span);
  std::vector<std::pair<std::string, Node*>> nested_nodes(Node& owner, Node& instance, Node& home,
                                                          const BlockDeclaration& block,
                                                          const BlockInterface& interface);
  Value absent_value(Span span, Absent absent, const Node& home, const BlockDeclaration& block);
  Value value_of(const Expansion& expansion, Node& home, const BlockDeclaration& block, Span span, Absent absent);
  /// A block that may be meant by a name; the node where it is known which of several.
  struct Made {
    Node* home;
    const BlockDeclaration* block;
    Node* node;
  };
  static std::optional<std::string> plain_name(const Node& home, const BlockDeclaration& block);
  static const BlockDeclaration* made_as(const Node& home, std::string_view kind, std::string_view name);
  std::vector<Made> made_named(std::string_view kind, const std::string& name);
  void seek(Node& home, const BlockDeclaration& block, const std::string& name, std::vector<Made>& found);
  bool may_lead_to(const Node& home, const BlockDeclaration& block, std::string_view kind, const std::string& name);
  const std::pair<bool, bool>& makes(const Kind& maker, std::string_view kind);
  Value ambiguous(std::string_view kind, std::string_view name, Span span, const std::vector<Made>& found);
  void candidates(std::string_view kind, const std::function<void(Node& home, const BlockDeclaration& block)>& visit);
  Value comprehension(const ast::Comprehension& node, Span span, const Frame& frame);
  Value call_function(const ast::Call& call, Span span, const Frame& frame);
  Value conditional(const ast::Conditional& node, Span span, const Frame& frame, Absent absent);
  Value binary(const ast::Binary& node, Span span, const Frame& frame, Absent absent);
  Value list(const ast::ListLiteral& node, const Frame& frame);
  Value object(const ast::ObjectLiteral& node, const Frame& frame);
  Value plain_object(const ast::ObjectLiteral& node, const Frame& frame);
  Value member_of(const Value& object, const ast::Member& node, Span span, Absent absent);
  std::optional<bool> truth(const ast::Expression& expression, const Frame& frame, std::string_view what);
  /// `true` or `false`, with its secrecy; poison: an error was told.
  Value decision(const ast::Expression& expression, const Frame& frame, std::string_view what);

  // machine_own.cpp
  using OwnFunction = Value (Machine::*)(const ast::Call&, Span, const Frame&);
  /// Null pointer: the evaluator has none of that name.
  static OwnFunction own_function(std::string_view name);
  Value kind_of_value(const ast::Call& node, Span span, const Frame& frame);
  Value first_possible(const ast::Call& node, Span span, const Frame& frame);
  Value is_possible(const ast::Call& node, Span span, const Frame& frame);
  /// Nothing: it cannot be computed, which is not told.
  std::optional<Value> attempt(const ast::Expression& expression, const Frame& frame);
  // machine_template.cpp
  Value render_template(const ast::Call& node, Span span, const Frame& frame);
  Value render_parts(const std::vector<TemplatePart>& parts, Span span, const Frame& frame);
  Value render_loop(const TemplateFor& loop, Span span, const Frame& frame);
  /// Parsed once; nothing: its mistakes were told. Paths in it begin in `folder`.
  const std::optional<TemplateParts>& template_of(const std::filesystem::path& folder, std::string name,
                                                  std::string text);
  /// Where the paths that stand in a text begin.
  const std::filesystem::path& folder_of(SourceId source) const;
  Value call_own(const ast::FunctionDeclaration& function, Node& home, const List& arguments, Span span);
  std::optional<Value> group_instances(const List& arguments, Span span);
  // machine_filter.cpp
  /// What a comprehension `[for x in kind : … if x.attribute == self]` walks; nothing: it is not of that form.
  std::optional<List> filtered_by_self(const ast::Comprehension& node, const Frame& frame);
  /// Visits a frame with the variables of a `for` for each element it walks. `true`, as secret as what was walked;
  /// poison: an error was told, or a visit gave up.
  Value walk_clause(const ast::Comprehension::Clause& clause, const Frame& frame,
                    const std::function<bool(const Frame&)>& visit);
  Value walk_clauses(const ast::Comprehension& node, std::size_t clause_at, const Frame& frame,
                     const std::function<bool(const Frame&)>& visit);
  std::optional<Type> type_beside(const ast::Expression& left, const ast::Expression& right, const Frame& frame);
  std::optional<std::vector<std::string>> key_path(const ast::Key& key, std::size_t from, const Frame& frame);
  static const Type* type_at(const Type* type, const std::vector<std::string>& path);
  static const Type* field_type(const Type* type, std::string_view name);
  Value configured_attribute(Node& resource, const InterfaceAttribute& declared);
  Value not_decided(const Node& resource, const InterfaceAttribute& declared);
  const Slot& written_attribute(Node& resource, const InterfaceAttribute& declared, Span span);
  void configure(Node& resource, const InterfaceAttribute& declared, ResourceConfiguration& made);
  void check_setting(const Interface& interface, const BlockDeclaration& block, const Setting& setting);
  Span place_in_user_block(const Node& written, const Setting& setting, const std::string& name) const;
  void depend_on(const Value& value, const Node& from);
  void take_lifecycle(const Node& resource, ResourceConfiguration& made);
  void check_nested(const Value& value);
  void check_variable(Node& module, std::size_t at);
  void check_module_settings(const Node& module);
  void check_home(Node& home);
  void check_condition(Node& home, const ConditionDeclaration& condition, Code code, Span at);
  void check_unique();
  void check_resource_cycles();

  std::deque<Node> nodes_;
  std::vector<Step> steps_;
  std::vector<Reading*> collectors_;
  std::deque<Trace> traces_;
  std::size_t walks_ = 0;
  std::size_t work_ = 0;
  std::set<const void*> told_cycles_;
  std::map<std::string, std::map<std::string, Node*>, std::less<>> by_kind_;
  std::map<std::pair<const Kind*, std::string>, std::pair<bool, bool>> makes_;
  std::set<std::string, std::less<>> walking_;
  std::set<const ast::FunctionDeclaration*> calling_;
  /// Instances of a kind by which instance one of their attributes is.
  struct Filter {
    Slot slot;
    std::unordered_map<const Entity*, List> found;
  };
  std::map<std::pair<std::string, std::string>, Filter> filters_;
  int quiet_ = 0;
  std::size_t undecided_ = 0;
  const Value broken_{Poison{}};
  char* stack_end_ = nullptr;
  int fresh_stacks_ = 0;
  /// By folder, name and text.
  std::map<std::tuple<std::string, std::string, std::string>, std::optional<TemplateParts>> templates_;
  std::map<SourceId, std::filesystem::path> template_folders_;
  bool expanded_ = false;
};

}  // namespace nmx
