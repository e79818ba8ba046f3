#include "providers/nmx/statements.hpp"

#include <fmt/core.h>

#include "providers/support/json_fields.hpp"
#include "providers/support/state_only.hpp"

namespace nmx::internal {
namespace {

using Tag = Type::Tag;

InterfaceAttribute& add(Schema& schema, std::string name, Type type, std::string doc) {
  InterfaceAttribute attribute;
  attribute.name = std::move(name);
  attribute.type = std::move(type);
  attribute.doc = std::move(doc);
  return schema.interface.attributes.emplace_back(std::move(attribute));
}

/// `group family`, `groups admins, family`; nobody is named: whoever comes.
std::string audience(const Object& exposure) {
  const Fields fields(exposure);
  const auto& groups = elements(exposure.at_or_null("who"));
  std::string names;
  for (const auto& group : groups) names += (names.empty() ? "" : ", ") + tolerant_text(group).value_or("");
  if (!groups.empty()) return fmt::format("{} {}", groups.size() == 1 ? "group" : "groups", names);
  return fields.text_or("sign_on", "none") == "none" ? "whoever comes" : "whoever can sign on";
}

}  // namespace

ExposureType::ExposureType() {
  const auto text = Type::simple(Tag::string);
  schema_.interface.type = "exposure";
  schema_.in_state_alone = true;
  schema_.interface.doc = "What is reached under a name, from where and by whom, for the plan to show.";
  add(schema_, "url", text, "Where it is reached.").required = true;
  add(schema_, "to", text, "What answers there.").required = true;
  add(schema_, "from", Type::enumeration_of({"private", "anywhere"}), "Which networks it is open to.").required = true;
  add(schema_, "who", Type::list_of(text), "The groups that may enter; left out: everybody.");
  add(schema_, "sign_on", text, "How people sign on; left out: nobody has to.");
  add(schema_, "open", Type::list_of(text), "Paths that need no sign-on.");
  auto& summary = add(schema_, "summary", text, "All of it in a few words.");
  summary.computed = true;
  summary.settable = false;
  AttributeRule decided{OnChange::live, false, true, {}, "nmx"};
  decided.derived = true;
  schema_.rules.emplace("summary", std::move(decided));
}

Object ExposureType::normalise(const Object& written, const Facts&) const { return without_nulls(written); }

Result<Object> ExposureType::decide(const Deciding& deciding) const {
  const Fields wanted(deciding.wanted);
  const auto way = wanted.text_or("sign_on", "none");
  const auto from = wanted.text_or("from", "private") == "private" ? "from private networks" : "from anywhere";
  return Object{
      {"summary", fmt::format("{}{}, {} → {}", audience(deciding.wanted),
                              way == "none" ? "" : fmt::format(" by {}", way), from, wanted.text_or("to", ""))}};
}

Result<std::vector<Operation>> ExposureType::operations(const Change& change, const Facts&) const {
  const auto& object = change.after.empty() ? change.before : change.after;
  return remember(change, fmt::format("{} {}", change.action == Action::destroy ? "close" : "note who reaches",
                                      Fields(object).text_or("url", "")));
}

ByHandType::ByHandType() {
  schema_.interface.type = "by_hand";
  schema_.in_state_alone = true;
  schema_.interface.doc = "What a person has to do, for the plan to say.";
  add(schema_, "value", Type::simple(Tag::string), "What: `enter A tv.example.com 192.168.50.21`.").required = true;
}

Object ByHandType::normalise(const Object& written, const Facts&) const { return without_nulls(written); }

Result<std::vector<Operation>> ByHandType::operations(const Change& change, const Facts&) const {
  const auto& object = change.after.empty() ? change.before : change.after;
  return remember(change, fmt::format("{}by hand: {}", change.action == Action::destroy ? "no longer " : "",
                                      Fields(object).text_or("value", "")));
}

}  // namespace nmx::internal
