#include "stdlib/catalogue.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <set>

#include "lang/config/configuration.hpp"
#include "lang/config/type_syntax.hpp"

namespace nmx {
namespace {

/// Reads the written values of one definition, without evaluating anything.
class DefinitionReader {
 public:
  DefinitionReader(const KindDeclaration& kind, const SourceMap& sources) : kind_(kind), sources_(sources) {}

  CatalogueService service() const {
    CatalogueService made;
    made.type = kind_.member;
    made.doc = kind_.doc;
    made.category = text("category");
    made.homepage = text("homepage");
    made.verified = text("verified") != "false";
    made.provides = list("provides");
    made.cores = text_or("needs", "cores", "1");
    made.memory = text_or("needs", "memory", "256MiB");
    made.disk = text_or("needs", "disk", "1GiB");
    made.state = list("state");
    made.cache = list("cache");
    made.devices = list("devices");
    made.units = list("units");
    if (made.units.empty()) made.units = {kind_.member};
    made.sign_on = list_of(field("sign_on", "modes"));
    if (made.sign_on.empty()) made.sign_on = {"none"};
    made.bypass = list_of(field("sign_on", "bypass"));
    for (const auto& file : list("sqlite")) made.databases.push_back(fmt::format("SQLite {}", file));
    if (const auto name = text("postgresql"); !name.empty())
      made.databases.push_back(fmt::format("PostgreSQL {}", name));
    if (const auto name = text("mysql"); !name.empty()) made.databases.push_back(fmt::format("MariaDB {}", name));
    nested(made);
    made.inputs = inputs_of(kind_.inputs);
    for (const auto& block : kind_.blocks) made.blocks.push_back({block.name, block.label, "", block.doc});
    return made;
  }

  CatalogueProfile profile() const {
    CatalogueProfile made{kind_.member, kind_.doc, {}, inputs_of(kind_.inputs)};
    for (const auto& block : kind_.made) {
      if (block.type == "service" && !block.block->labels.empty())
        made.services.push_back(word(block.block->labels.front()));
    }
    return made;
  }

  std::vector<CatalogueInput> inputs_of(const std::vector<InputDeclaration>& inputs) const {
    std::vector<CatalogueInput> made;
    for (const auto& input : inputs) {
      if (input.fixed) continue;
      auto fallback = input.fallback == nullptr ? std::string() : written(*input.fallback);
      made.push_back({input.name, to_string(input.type), std::move(fallback), input.doc});
    }
    return made;
  }

 private:
  static std::string word(const ast::Label& label) {
    std::string all;
    for (const auto& part : label.parts) all += (all.empty() ? "" : ".") + part.text;
    return all;
  }

  const ast::Expression* setting(std::string_view name) const { return setting(kind_.settings, name); }
  static const ast::Expression* setting(const std::vector<Setting>& settings, std::string_view name) {
    const auto found =
        std::find_if(settings.begin(), settings.end(), [&](const Setting& one) { return one.name == name; });
    return found == settings.end() || !found->is_plain() ? nullptr : &found->parts.front()->value;
  }
  const ast::Expression* field(std::string_view name, std::string_view key) const {
    const auto* whole = setting(name);
    const auto* object = whole == nullptr ? nullptr : std::get_if<ast::ObjectLiteral>(&whole->node);
    if (object == nullptr) return nullptr;
    for (const auto& item : object->items) {
      if (item.key.parts.size() == 1 && item.key.parts.front().text == key) return &item.value;
    }
    return nullptr;
  }

  /// A constant as it reads without quotes, anything else as it was written.
  std::string written(const ast::Expression& expression) const {
    if (const auto* literal = std::get_if<ast::Literal>(&expression.node)) {
      if (const auto* string = literal->value.string()) return *string;
    }
    return std::string(sources_.text(expression.span));
  }
  std::string text(std::string_view name) const {
    const auto* found = setting(name);
    return found == nullptr ? "" : written(*found);
  }
  std::string text_or(std::string_view name, std::string_view key, std::string fallback) const {
    const auto* found = field(name, key);
    return found == nullptr ? std::move(fallback) : written(*found);
  }
  std::vector<std::string> list_of(const ast::Expression* expression) const {
    std::vector<std::string> all;
    if (expression == nullptr) return all;
    const auto* items = std::get_if<ast::ListLiteral>(&expression->node);
    if (items == nullptr) return {written(*expression)};
    for (const auto& item : items->items) all.push_back((item.spread ? "..." : "") + written(item.value));
    return all;
  }
  std::vector<std::string> list(std::string_view name) const { return list_of(setting(name)); }

  void nested(CatalogueService& made) const {
    std::set<std::string> measured;
    for (const auto& block : kind_.made) {
      const auto name = block.block->labels.empty() ? std::string() : word(block.block->labels.front());
      const auto* path = setting(block.settings, "path");
      if (block.type == "health") {
        const auto* kind = setting(block.settings, "kind");
        const bool is_tcp = kind != nullptr && written(*kind) == "tcp";
        made.health.push_back(is_tcp ? fmt::format("connects to {}", name)
                                     : fmt::format("{} {}", name, path == nullptr ? "/" : written(*path)));
      } else if (block.type == "metrics") {
        measured.insert(name);
        made.metrics.push_back(fmt::format("{} {}", name, path == nullptr ? "/metrics" : written(*path)));
      }
    }
    for (const auto& block : kind_.made) {
      if (block.type != "port" || block.block->labels.empty()) continue;
      const auto name = word(block.block->labels.front());
      const auto* number = setting(block.settings, "number");
      const auto* protocol = setting(block.settings, "protocol");
      made.ports.push_back({name, number == nullptr ? "" : written(*number),
                            protocol == nullptr ? "tcp" : written(*protocol),
                            who(name, setting(block.settings, "from"), measured.contains(name))});
    }
  }

  std::string who(const std::string& name, const ast::Expression* from, bool is_measured) const {
    std::vector<std::string> all;
    if (name == "http") all.emplace_back("the proxy");
    if (is_measured) all.emplace_back("the site's monitoring");
    if (from != nullptr) {
      const auto code = written(*from);
      if (code == R"(["0.0.0.0/0"])") {
        all.emplace_back("everyone");
      } else if (code == "[for n in network : n]") {
        all.emplace_back("the site's networks");
      } else if (code == "[for c in container : c]") {
        all.emplace_back("every container");
      } else if (code.rfind("input.", 0) == 0) {
        all.push_back(fmt::format("whom `{}` names", code.substr(6)));
      } else {
        all.emplace_back("services that use it");
      }
    }
    std::string text;
    for (const auto& one : all) text += (text.empty() ? "" : ", ") + one;
    return text.empty() ? "nobody from outside" : text;
  }

  const KindDeclaration& kind_;
  const SourceMap& sources_;
};

}  // namespace

const CatalogueService* Catalogue::find(std::string_view type) const {
  const auto found =
      std::find_if(services.begin(), services.end(), [&](const CatalogueService& one) { return one.type == type; });
  return found == services.end() ? nullptr : &*found;
}

Catalogue read_catalogue(const Library& library) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto configuration = load_library(library, sources, diagnostics);
  Catalogue catalogue;
  for (const auto& [name, kind] : configuration->kinds) {
    const DefinitionReader reader(*kind->own, sources);
    if (kind->name == "service" && kind->member.empty()) catalogue.common = reader.inputs_of(kind->own->inputs);
    if (kind->name == "service" && !kind->member.empty()) catalogue.services.push_back(reader.service());
    if (kind->name == "profile" && !kind->member.empty()) catalogue.profiles.push_back(reader.profile());
  }
  return catalogue;
}

}  // namespace nmx
