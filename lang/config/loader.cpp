#include "lang/config/loader.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include <fmt/core.h>

#include "lang/config/body_reader.hpp"
#include "lang/config/configuration.hpp"
#include "lang/config/decode.hpp"
#include "lang/config/mentions.hpp"
#include "lang/diagnostics/suggest.hpp"
#include "lang/syntax/parser.hpp"

namespace nmx {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_source = std::uintmax_t{256} << 20;

/// Reads files, follows `module` blocks and fetches the definitions that are used.
class Loader {
 public:
  Loader(const LoadOptions& options, const Library& library, SourceMap& sources, Diagnostics& diagnostics)
      : options_(options),
        library_(library),
        sources_(sources),
        diagnostics_(diagnostics),
        made_(std::make_unique<Configuration>(sources)) {}

  std::unique_ptr<Configuration> load() {
    const auto folder = options_.folder.empty() ? fs::path(".") : options_.folder;
    const auto* root = module(folder, FileRole::root, {});
    const auto kinds = folder / "kinds";
    std::error_code failure;
    if (root != nullptr && fs::is_directory(kinds, failure)) {
      for (const auto& file : files_in(kinds)) read(file, FileRole::definitions, made_->modules.front());
    }
    definitions();
    choose_environment();
    overrides();
    complete(*made_, diagnostics_);
    return std::move(made_);
  }

  std::unique_ptr<Configuration> whole_library() {
    made_->modules.emplace_back();
    made_->known_kinds = library_.kinds();
    std::set<std::string, std::less<>> done;
    for (const auto& kind : made_->known_kinds) definition(kind, done);
    complete(*made_, diagnostics_);
    return std::move(made_);
  }

 private:
  static std::vector<fs::path> files_in(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator(folder, failure)) {
      const auto name = entry.path().filename().string();
      if (entry.path().extension() == ".nmx" && name.front() != '.' && !entry.is_directory(failure)) {
        files.push_back(entry.path());
      }
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  SourceId add_source(const std::string& name, std::string text, fs::path directory) {
    const auto id = sources_.add(name, std::move(text));
    made_->directories.resize(static_cast<std::size_t>(id) + 1);
    made_->directories.back() = std::move(directory);
    return id;
  }

  static std::string shown(const fs::path& path) {
    const auto text = path.lexically_normal().string();
    return text.rfind("./", 0) == 0 ? text.substr(2) : text;
  }

  void read(const fs::path& path, FileRole role, ModuleDeclaration& module) {
    std::error_code failure;
    const auto size = fs::file_size(path, failure);
    std::ifstream in(path, std::ios::binary);
    std::string text;
    if (failure || !in || size > largest_source) {
      const auto id = add_source(shown(path), "", path.parent_path());
      if (in && !failure) {
        diagnostics_.error(Code::too_large, {id, 0, 0}, fmt::format("`{}` is over 256 MiB", shown(path)));
      } else {
        diagnostics_.error(Code::file_unreadable, {id, 0, 0}, fmt::format("cannot read `{}`", shown(path)));
      }
      return;
    }
    text.resize(size);
    in.read(text.data(), static_cast<std::streamsize>(size));
    text.resize(static_cast<std::size_t>(in.gcount()));
    const auto id = add_source(shown(path), std::move(text), path.parent_path());
    made_->files.push_back(parse(sources_, id, diagnostics_));
    decode_file(made_->files.back(), role, module, *made_, diagnostics_);
  }

  /// `from`: the place of the `source` that names the folder.
  ModuleDeclaration* module(const fs::path& folder, FileRole role, Span from) {
    std::error_code failure;
    const auto real = fs::weakly_canonical(folder, failure).string();
    if (std::find(open_.begin(), open_.end(), real) != open_.end()) {
      diagnostics_.error(Code::recursive_module, from, fmt::format("the module `{}` calls itself", shown(folder)))
          .note("a module cannot be inside itself, neither directly nor through others");
      return nullptr;
    }
    if (const auto known = read_.find(real); known != read_.end()) return known->second;
    const auto files = files_in(folder);
    if (files.empty()) {
      if (role == FileRole::root) {
        const auto id = add_source(shown(folder), "", folder);
        diagnostics_.error(Code::no_configuration, {id, 0, 0}, fmt::format("`{}` holds no .nmx file", shown(folder)))
            .with_help("`nmx init` starts a site");
        made_->modules.emplace_back();
      } else {
        diagnostics_.error(Code::module_not_found, from,
                           fmt::format("the folder `{}` holds no .nmx file", shown(folder)));
      }
      return nullptr;
    }
    auto& module = made_->modules.emplace_back();
    module.folder = folder.string();
    read_.emplace(real, &module);
    open_.push_back(real);
    for (const auto& file : files) read(file, role, module);
    for (auto& block : module.owned_blocks) {
      if (block.role == BlockRole::module) called(block, folder);
    }
    open_.pop_back();
    return &module;
  }

  void called(BlockDeclaration& block, const fs::path& folder) {
    const auto* source = block.find("source");
    if (source == nullptr || !source->is_plain()) {
      diagnostics_.error(Code::missing_attribute, block.header(), "`module` needs `source`")
          .with_help("the folder of its files: `source = \"./modules/lab\"`");
      return;
    }
    const auto& value = source->parts.front()->value;
    const auto path = constant_text(value);
    if (!path) return require_constant(value, "`source`, a string,", diagnostics_);
    block.module = module(folder / *path, FileRole::module, value.span);
  }

  /// Fetches from the library what the files mention, and what that mentions in turn.
  void definitions() {
    made_->known_kinds = library_.kinds();
    for (const auto& kind : made_->kind_declarations) made_->known_kinds.push_back(kind.full_name());
    if (made_->modules.empty()) made_->modules.emplace_back();
    const std::set<std::string, std::less<>> in_library = [&] {
      const auto kinds = library_.kinds();
      return std::set<std::string, std::less<>>(kinds.begin(), kinds.end());
    }();
    std::vector<std::string> wanted;
    const auto want = [&](std::string name) {
      if (in_library.count(name) != 0) wanted.push_back(std::move(name));
    };
    Mentions mentions;
    if (!in_library.empty()) mentions.word = [&](std::string_view word) { want(std::string(word)); };
    mentions.block = [&](std::string_view type, std::string_view label) {
      if (type == "kind") return;
      want(std::string(type));
      if (!label.empty()) want(fmt::format("{}.{}", type, label));
    };
    std::set<std::string, std::less<>> done;
    for (const auto& kind : made_->kind_declarations) {
      done.insert(kind.full_name());
      if (!kind.member.empty()) want(kind.family);
    }
    for (const auto& file : made_->files) walk(file.body, mentions);
    while (!wanted.empty()) {
      auto name = std::move(wanted.back());
      wanted.pop_back();
      if (!done.insert(name).second) continue;
      if (const auto dot = name.find('.'); dot != std::string::npos) want(name.substr(0, dot));
      if (const auto* parsed = definition(name, done)) walk(parsed->body, mentions);
    }
  }

  /// The library's file that defines a kind; null pointer where there is none, or it was read before.
  const ast::File* definition(std::string_view kind, std::set<std::string, std::less<>>& done) {
    const auto file = library_.file_of(kind);
    if (!file || !library_files_.insert(*file).second) return nullptr;
    const auto id = add_source(*file, std::string(library_.text(*file)), {});
    made_->files.push_back(parse(sources_, id, diagnostics_));
    decode_library_file(made_->files.back(), done);
    return &made_->files.back();
  }

  /// A kind that the project defines itself stands before the library's.
  void decode_library_file(const ast::File& file, std::set<std::string, std::less<>>& done) {
    for (const auto& block : file.body.blocks) {
      std::string name;
      if (!block.labels.empty()) {
        for (const auto& part : block.labels.front().parts) name += (name.empty() ? "" : ".") + part.text;
      }
      const auto& known = made_->kind_declarations;
      const bool is_own = std::any_of(known.begin(), known.end(),
                                      [&](const KindDeclaration& kind) { return kind.full_name() == name; });
      if (is_own) continue;
      done.insert(name);
      if (block.type.name == "kind") decode_kind(block, *made_, diagnostics_);
    }
  }

  void choose_environment() {
    const auto& all = made_->environments;
    if (!options_.environment.empty()) {
      std::vector<std::string> names;
      for (const auto& environment : all) names.push_back(environment.name);
      if (names.empty()) names.emplace_back("default");
      made_->environment = options_.environment;
      if (std::find(names.begin(), names.end(), options_.environment) != names.end()) return;
      const auto id = add_source("-e " + options_.environment, options_.environment, options_.folder);
      diagnostics_
          .error(Code::unknown_environment, {id, 0, static_cast<std::uint32_t>(options_.environment.size())},
                 fmt::format("there is no environment `{}`", options_.environment))
          .with_help(did_you_mean(options_.environment, names));
      return;
    }
    const EnvironmentDeclaration* chosen = nullptr;
    for (const auto& environment : all) {
      if (!environment.is_default) continue;
      if (chosen != nullptr) {
        diagnostics_.error(Code::duplicate_block, environment.block, "two environments are the default")
            .label(chosen->block, "the other one");
      }
      chosen = &environment;
    }
    if (chosen == nullptr && !all.empty()) {
      chosen = &all.front();
      if (all.size() > 1) {
        diagnostics_.error(Code::missing_attribute, all.front().block, "no environment is the default")
            .with_help("set `default = true` in one of them, or choose with `-e`");
      }
    }
    if (chosen != nullptr) made_->environment = chosen->name;
  }

  void overrides() {
    for (const auto& [name, text] : options_.variables) {
      const auto id = add_source("-var " + name, text, options_.folder);
      Diagnostics unread;
      auto expression = parse_expression(sources_, id, unread);
      if (unread.has_errors()) expression.reset();
      made_->overrides.push_back({name, text, std::move(expression), {id, 0, static_cast<std::uint32_t>(text.size())}});
    }
  }

  const LoadOptions& options_;
  const Library& library_;
  SourceMap& sources_;
  Diagnostics& diagnostics_;
  std::unique_ptr<Configuration> made_;
  std::map<std::string, ModuleDeclaration*> read_;
  std::vector<std::string> open_;
  std::set<std::string> library_files_;
};

}  // namespace

std::unique_ptr<Configuration> load(const LoadOptions& options, const Library& library, SourceMap& sources,
                                    Diagnostics& diagnostics) {
  return Loader(options, library, sources, diagnostics).load();
}

std::unique_ptr<Configuration> load_library(const Library& library, SourceMap& sources, Diagnostics& diagnostics) {
  const LoadOptions nothing;
  return Loader(nothing, library, sources, diagnostics).whole_library();
}

const Kind* Configuration::kind(std::string_view name) const {
  const auto found = kinds.find(name);
  return found == kinds.end() ? nullptr : found->second.get();
}

const std::filesystem::path& Configuration::directory(SourceId source) const {
  static const std::filesystem::path none;
  const auto at = static_cast<std::size_t>(source);
  return at < directories.size() ? directories[at] : none;
}

}  // namespace nmx
