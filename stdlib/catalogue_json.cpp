#include "lang/value/value_json.hpp"
#include "stdlib/catalogue.hpp"

namespace nmx {
namespace {

Value strings(const std::vector<std::string>& all) { return List(all.begin(), all.end()); }

Value inputs(const std::vector<CatalogueInput>& all) {
  List list;
  for (const auto& one : all) {
    list.push_back(Object{{"name", one.name}, {"type", one.type}, {"default", one.fallback}, {"doc", one.doc}});
  }
  return list;
}

Value object(const CatalogueService& service) {
  List ports;
  for (const auto& port : service.ports) {
    ports.push_back(
        Object{{"name", port.name}, {"number", port.number}, {"protocol", port.protocol}, {"for", port.who}});
  }
  return Object{{"type", service.type},
                {"doc", service.doc},
                {"category", service.category},
                {"homepage", service.homepage},
                {"verified", service.verified},
                {"provides", strings(service.provides)},
                {"needs", Object{{"cores", service.cores}, {"memory", service.memory}, {"disk", service.disk}}},
                {"ports", ports},
                {"sign_on", Object{{"modes", strings(service.sign_on)}, {"bypass", strings(service.bypass)}}},
                {"state", strings(service.state)},
                {"cache", strings(service.cache)},
                {"databases", strings(service.databases)},
                {"devices", strings(service.devices)},
                {"units", strings(service.units)},
                {"health", strings(service.health)},
                {"metrics", strings(service.metrics)},
                {"inputs", inputs(service.inputs)},
                {"blocks", inputs(service.blocks)}};
}

std::string text(const Value& value) { return to_json(value, JsonStyle::pretty).value() + "\n"; }

}  // namespace

std::string service_json(const CatalogueService& service) { return text(object(service)); }

std::string catalogue_json(const Catalogue& catalogue) {
  List services, profiles;
  for (const auto& service : catalogue.services) services.push_back(object(service));
  for (const auto& profile : catalogue.profiles) {
    profiles.push_back(Object{{"name", profile.name},
                              {"doc", profile.doc},
                              {"services", strings(profile.services)},
                              {"inputs", inputs(profile.inputs)}});
  }
  return text(Object{{"services", services}, {"profiles", profiles}, {"common", inputs(catalogue.common)}});
}

}  // namespace nmx
