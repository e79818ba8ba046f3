#include "providers/proxmox/template.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "providers/proxmox/cluster.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {
namespace {

using Tag = Type::Tag;

Schema template_schema() {
  const auto text = Type::simple(Tag::string);
  Schema schema;
  schema.interface.type = "proxmox_template";
  schema.interface.doc = "A container template on a Proxmox storage.";
  const auto add = [&](std::string name, Type type, std::string doc, AttributeRule rule) -> InterfaceAttribute& {
    InterfaceAttribute attribute;
    attribute.name = name;
    attribute.type = std::move(type);
    attribute.doc = std::move(doc);
    schema.rules.emplace(std::move(name), std::move(rule));
    return schema.interface.attributes.emplace_back(std::move(attribute));
  };
  const AttributeRule forces{OnChange::replace};
  const AttributeRule origin{OnChange::replace, true, false, {}, {}};
  add("storage", text, "The storage; it must take container templates.", forces).fallback = "local";
  add("nodes", Type::list_of(text), "On which nodes; left out: on every node that has the storage.",
      {OnChange::live, false, true, {}, "nmx"})
      .computed = true;
  add("file_name", text, "Its name; left out: the last part of `url` or `file`.",
      {OnChange::replace, false, true, {}, "nmx"})
      .computed = true;
  add("url", Type::simple(Tag::url), "Where the nodes download it from.", origin);
  add("file", Type::simple(Tag::path), "A file of this machine that is sent to the nodes.", origin);
  add("checksum", text, "What the file must have; the node compares it.", origin);
  add("checksum_algorithm", Type::enumeration_of({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"}),
      "How `checksum` was made.", origin)
      .fallback = "sha256";
  auto& volume =
      add("volume", text, "Its volume, for `template` of containers.", {OnChange::replace, false, true, {}, "nmx"});
  volume.computed = true;
  volume.settable = false;
  auto& brought = add("brought_to", Type::list_of(text), "The nodes that nmx brought it to; only there it is deleted.",
                      {OnChange::live, false, false, {}, "Proxmox"});
  brought.computed = true;
  brought.settable = false;
  return schema;
}

std::string last_part(std::string_view path) {
  path = path.substr(0, path.find_first_of("?#"));
  const auto slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

bool is_archive(std::string_view name) {
  for (const std::string_view end : {".tar", ".tar.gz", ".tar.xz", ".tar.zst", ".tar.bz2"}) {
    if (name.size() > end.size() && name.substr(name.size() - end.size()) == end) return true;
  }
  return false;
}

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> found;
  for (const auto& element : elements(list)) {
    if (auto text = tolerant_text(element)) found.push_back(*std::move(text));
  }
  return found;
}

}  // namespace

std::string template_file_name(std::string_view wanted) {
  std::string name(wanted);
  for (auto& c : name) {
    const bool fine =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    if (!fine) c = '_';
  }
  return name;
}

Template::Template() : schema_(template_schema()) {}

Object Template::normalise(const Object& written, const Facts&) const {
  auto object = without_nulls(written);
  for (const std::string_view name : {"nodes", "brought_to"}) {
    auto* nodes = object.find(name);
    if (!nodes || !nodes->is_list()) continue;
    const auto words = texts(*nodes);
    const std::set<std::string> sorted(words.begin(), words.end());
    *nodes = Value(List(sorted.begin(), sorted.end()));
  }
  if (auto* name = object.find("file_name"); name && name->string()) *name = Value(template_file_name(*name->string()));
  return object;
}

Result<Object> Template::decide(const Deciding& deciding) const {
  const Cluster cluster(deciding.facts);
  const Fields wanted(deciding.wanted);
  Object decided;
  auto name = wanted.text_or("file_name", "");
  if (name.empty()) {
    name = template_file_name(last_part(wanted.text_or("url", wanted.text_or("file", ""))));
    decided.set("file_name", name);
  }
  const auto storage = wanted.text_or("storage", "");
  decided.set("volume", fmt::format("{}:vztmpl/{}", storage, name));
  if (deciding.wanted.contains("nodes")) return decided;
  List nodes;
  for (const auto& node : cluster.nodes()) {
    const auto here = cluster.storage(node, storage);
    if (!here || !cluster.online(node)) continue;
    nodes.emplace_back(node);
    if (here->shared) break;  // one node brings it for all
  }
  decided.set("nodes", std::move(nodes));
  return decided;
}

void Template::check(const Checking& checking, Diagnostics& diagnostics) const {
  const auto& change = checking.change;
  const Cluster cluster(checking.facts);
  if (change.action == Action::destroy || change.action == Action::forget || !cluster.known()) return;
  const Fields wanted(change.after);
  const auto storage_name = wanted.text_or("storage", "");
  const bool by_url = change.after.contains("url");
  if (by_url == change.after.contains("file"))
    diagnostics.error(Code::bad_option, checking.block, "a template needs either `url` or `file`");
  if (const auto name = wanted.text("file_name"); name && !is_archive(*name))
    diagnostics
        .error(Code::bad_option, checking.place("file_name"), fmt::format("`{}` is not the name of a template", *name))
        .with_help("Proxmox takes names that end in .tar, .tar.gz, .tar.xz, .tar.zst or .tar.bz2; set `file_name`");
  for (const auto& node : texts(change.after.at_or_null("nodes"))) {
    if (!cluster.has_node(node)) {
      diagnostics.error(Code::unknown_node, checking.place("nodes"), fmt::format("the cluster has no node `{}`", node));
      continue;
    }
    const auto storage = cluster.storage(node, storage_name);
    if (!storage) {
      diagnostics.error(Code::unknown_storage, checking.place("storage"),
                        fmt::format("node `{}` has no storage `{}`", node, storage_name));
    } else if (!storage->holds("vztmpl")) {
      diagnostics
          .error(Code::unknown_storage, checking.place("storage"),
                 fmt::format("storage `{}` does not take container templates", storage_name))
          .with_help("switch on `Container template` among its contents");
    }
    const bool network = cluster.may("/nodes/" + node, "Sys.AccessNetwork") ||
                         (cluster.may("/", "Sys.Audit") && cluster.may("/", "Sys.Modify"));
    if (by_url && !network)
      diagnostics
          .error(Code::missing_right, checking.place("url"),
                 fmt::format("the login may not let node `{}` download", node))
          .with_help(fmt::format("it needs Sys.AccessNetwork on /nodes/{}", node));
  }
  if (!cluster.may("/storage/" + storage_name, "Datastore.AllocateTemplate"))
    diagnostics
        .error(Code::missing_right, checking.place("storage"),
               fmt::format("the login may not put templates on storage `{}`", storage_name))
        .with_help(fmt::format("it needs Datastore.AllocateTemplate on /storage/{}", storage_name));
}

Result<std::vector<Operation>> Template::operations(const Change& change, const Facts&) const {
  const auto step = [&](std::string verb, ChangeClass danger, const Object& object) {
    const Fields fields(object);
    Operation operation;
    operation.address = change.address;
    operation.type = change.type;
    operation.provider = change.provider;
    operation.summary =
        fmt::format("{} {}", verb == "bring" ? "bring template" : "delete template", fields.text_or("volume", ""));
    operation.verb = std::move(verb);
    operation.danger = danger;
    operation.conflicts = {"template:" + fields.text_or("volume", "")};
    operation.arguments = Object{{"wanted", object}};
    return operation;
  };
  std::vector<Operation> operations;
  const bool goes = change.action == Action::destroy || change.action == Action::replace;
  const bool comes =
      change.action == Action::create || change.action == Action::replace || change.action == Action::update;
  if (goes) {
    operations.push_back(step("remove", ChangeClass::destroy, change.before));
    if (change.timeouts.destroy) operations.back().timeout_ms = *change.timeouts.destroy;
  }
  if (comes) {
    auto wanted = change.after;
    const bool updates = change.action == Action::update;
    if (updates) wanted.set("brought_to", change.before.at_or_null("brought_to"));
    operations.push_back(step("bring", updates ? ChangeClass::live : ChangeClass::create, wanted));
    const auto& limit = updates ? change.timeouts.update : change.timeouts.create;
    operations.back().timeout_ms = limit.value_or(3'600'000);
  }
  if (!operations.empty()) operations.back().completes = true;
  return operations;
}

}  // namespace nmx::proxmox
