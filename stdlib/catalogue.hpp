#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lang/config/loader.hpp"

namespace nmx {

/// What a definition takes from its user, as text: `bool`, `true`.
struct CatalogueInput {
  std::string name;
  std::string type;
  /// Empty: it must be given.
  std::string fallback;
  std::string doc;
};

struct CataloguePort {
  std::string name;
  std::string number;  // `8096`, or what it is computed from
  std::string protocol;
  /// Who may reach it, in words.
  std::string who;
};

/// One service as its definition describes it; nothing is evaluated, so what depends on inputs is shown as written.
struct CatalogueService {
  std::string type;
  std::string doc;
  std::string category;
  std::string homepage;
  bool verified = true;
  std::vector<std::string> provides;
  std::string cores, memory, disk;
  std::vector<CataloguePort> ports;
  /// The best way first; `none`: it has accounts of its own.
  std::vector<std::string> sign_on;
  std::vector<std::string> bypass;
  std::vector<std::string> state, cache, databases, devices, units, health, metrics;
  /// Its own inputs and blocks; what every service takes is the family's.
  std::vector<CatalogueInput> inputs;
  std::vector<CatalogueInput> blocks;
};

struct CatalogueProfile {
  std::string name;
  std::string doc;
  std::vector<std::string> services;
  std::vector<CatalogueInput> inputs;
};

/// All that can be had, sorted by name.
struct Catalogue {
  std::vector<CatalogueService> services;
  std::vector<CatalogueProfile> profiles;
  /// What every service takes.
  std::vector<CatalogueInput> common;

  /// Null pointer: no such service.
  const CatalogueService* find(std::string_view type) const;
};

/// Reads the definitions that come with nmx.
Catalogue read_catalogue(const Library& library);

/// The list by categories, or one service, for a terminal.
std::string catalogue_text(const Catalogue& catalogue);
std::string service_text(const Catalogue& catalogue, const CatalogueService& service);
/// The pages of the reference.
std::string catalogue_markdown(const Catalogue& catalogue);
std::string service_markdown(const CatalogueService& service);
/// For programs.
std::string catalogue_json(const Catalogue& catalogue);
std::string service_json(const CatalogueService& service);

}  // namespace nmx
