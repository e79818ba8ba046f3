#include "providers/authentik/model.hpp"

namespace nmx::authentik {

Model brand_model() {
  Model model;
  model.type = "authentik_brand";
  model.noun = "brand";
  model.blueprint = "authentik_brands.brand";
  model.doc =
      "How Authentik looks and which flows it takes under a domain. `authentik-default` is there from the start.";
  model.path = "/core/brands/";
  model.key = {"domain"};
  model.lookup = "domain";
  model.marked = true;
  model.attributes = {
      text("domain", "domain", "The domain, with all names below it.").required(),
      flag("default", "default", "Whether it is taken where no other fits."),
      text("title", "branding_title", "The title of the pages."),
      text("logo", "branding_logo", "The address of the logo."),
      text("favicon", "branding_favicon", "The address of the small icon."),
      text("custom_css", "branding_custom_css", "CSS for all pages."),
      text("background", "branding_default_flow_background", "The address of the picture behind the login."),
      one(Names::flow, "authentication_flow", "flow_authentication", "The flow that logs in, by its slug."),
      one(Names::flow, "invalidation_flow", "flow_invalidation", "The flow that logs out, by its slug."),
      one(Names::flow, "recovery_flow", "flow_recovery", "The flow for a forgotten password, by its slug."),
      one(Names::flow, "unenrollment_flow", "flow_unenrollment", "The flow that deletes an account, by its slug."),
      one(Names::flow, "user_settings_flow", "flow_user_settings", "The flow of people's own settings, by its slug."),
      one(Names::flow, "device_code_flow", "flow_device_code", "The flow that takes device codes, by its slug."),
      one(Names::application, "default_application", "default_application",
          "The application to which people without rights are led, by its slug."),
      one(Names::certificate, "web_certificate", "web_certificate", "The certificate of Authentik's own HTTPS."),
      own_keys(),
      given(Type::simple(Type::Tag::string), "uuid", "brand_uuid", "Its primary key."),
  };
  return model;
}

}  // namespace nmx::authentik
