#include "providers/authentik/model.hpp"

#include <algorithm>

namespace nmx::authentik {

const Attribute* Model::find(std::string_view attribute) const {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [&](const Attribute& one) { return one.interface.name == attribute; });
  return found == attributes.end() ? nullptr : &*found;
}

std::vector<Attribute> provider_flows(std::string authorization, std::string invalidation) {
  return {
      one(Names::flow, "authorization_flow", "authorization_flow",
          "The flow that asks for consent, or does not, by its slug.")
          .falls_back(std::move(authorization)),
      one(Names::flow, "authentication_flow", "authentication_flow",
          "The flow by which those log in who are not yet, by its slug; left out: the brand's."),
      one(Names::flow, "invalidation_flow", "invalidation_flow", "The flow that logs out, by its slug.")
          .falls_back(std::move(invalidation)),
  };
}

const std::vector<Model>& models() {
  static const std::vector<Model> all = {application_model(),    proxy_provider_model(), oauth2_provider_model(),
                                         ldap_provider_model(),  group_model(),          user_model(),
                                         policy_binding_model(), outpost_model(),        expression_policy_model(),
                                         scope_mapping_model(),  brand_model(),          blueprint_model()};
  return all;
}

const Model* find_model(std::string_view type) {
  const auto& all = models();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Model& model) { return model.type == type; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace nmx::authentik
