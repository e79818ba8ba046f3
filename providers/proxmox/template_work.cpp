#include "providers/proxmox/template_work.hpp"

#include <fmt/core.h>

#include <map>

#include "providers/proxmox/template.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {
namespace {

const Object& wanted_of(const Operation& operation) {
  static const Object nothing;
  const auto* wanted = operation.arguments.at_or_null("wanted").object();
  return wanted ? *wanted : nothing;
}

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> found;
  for (const auto& element : elements(list)) {
    if (auto text = tolerant_text(element)) found.push_back(*std::move(text));
  }
  return found;
}

std::string content_path(std::string_view node, std::string_view storage) {
  return fmt::format("/nodes/{}/storage/{}/content", node, storage);
}

bool lists(const Value& content, std::string_view volume) {
  for (const auto& entry : elements(content)) {
    if (Fields(entry).text_or("volid", "") == volume) return true;
  }
  return false;
}

Call content_call(std::string node, const std::string& storage) {
  Call call;
  call.method = "GET";
  call.path = content_path(node, storage);
  call.form.set("content", "vztmpl");
  call.node = std::move(node);
  return call;
}

}  // namespace

Task<Result<bool>> TemplateWork::is_there(std::string node, Object wanted) {
  const Fields fields(wanted);
  auto asking = client_->call(content_call(std::move(node), fields.text_or("storage", "")));
  const auto reply = co_await asking;
  if (!reply.ok()) co_return to_error(reply);
  co_return lists(reply.data, fields.text_or("volume", ""));
}

Task<Status> TemplateWork::bring(std::string node, Object wanted, Milliseconds limit) {
  const Fields fields(wanted);
  Call call;
  call.method = "POST";
  call.node = node;
  const auto url = fields.text("url");
  call.path =
      fmt::format("/nodes/{}/storage/{}/{}", node, fields.text_or("storage", ""), url ? "download-url" : "upload");
  call.form.set("content", "vztmpl");
  if (const auto checksum = fields.text("checksum")) {
    call.form.set("checksum-algorithm", fields.text_or("checksum_algorithm", "sha256"));
    call.form.set("checksum", *checksum);
  }
  if (url) {
    call.form.set("filename", fields.text_or("file_name", ""));
    call.form.set("url", *url);
  } else {
    call.upload_path = fields.text_or("file", "");
    call.upload_name = fields.text_or("file_name", "");
  }
  auto asking = client_->call(std::move(call));
  const auto reply = co_await asking;
  if (!reply.ok()) {
    // The answer was lost, or somebody brought it in the same moment: what counts is whether it is there.
    auto looking = is_there(node, wanted);
    const auto there = co_await looking;
    if (there && *there) co_return Done{};
    co_return to_error(reply);
  }
  auto waiting = client_->wait_for_task(tolerant_text(reply.data).value_or(""), false, limit);
  const auto end = co_await waiting;
  if (!end) co_return Error{fmt::format("{}: {}", reply.asked, end.error().message), end.error().help};
  co_return Done{};
}

Task<Status> TemplateWork::remove(std::string node, Object wanted, Milliseconds limit) {
  auto looking = is_there(node, wanted);
  const auto there = co_await looking;
  if (!there) co_return there.error();
  if (!*there) co_return Done{};
  const Fields fields(wanted);
  Call call;
  call.method = "DELETE";
  call.node = node;
  call.path = fmt::format("{}/{}", content_path(node, fields.text_or("storage", "")), fields.text_or("volume", ""));
  auto asking = client_->call(std::move(call));
  const auto reply = co_await asking;
  if (!reply.ok()) co_return to_error(reply);
  const auto upid = tolerant_text(reply.data).value_or("");
  if (upid.empty()) co_return Done{};
  auto waiting = client_->wait_for_task(upid, false, limit);
  const auto end = co_await waiting;
  if (!end) co_return Error{fmt::format("{}: {}", reply.asked, end.error().message), end.error().help};
  co_return Done{};
}

Task<Result<Answer>> TemplateWork::execute(Operation operation) {
  const Object wanted = wanted_of(operation);
  const Milliseconds limit{operation.timeout_ms};
  const auto brought = texts(wanted.at_or_null("brought_to"));
  Answer answer;
  answer.id = Fields(wanted).text_or("volume", "");
  if (operation.verb == "remove") {
    for (const auto& node : brought) {
      auto removing = remove(node, wanted, limit);
      const auto removed = co_await removing;
      if (!removed) co_return removed.error();
    }
    co_return answer;
  }
  List brought_to(brought.begin(), brought.end());
  for (const auto& node : texts(wanted.at_or_null("nodes"))) {
    auto looking = is_there(node, wanted);
    const auto there = co_await looking;
    if (!there) co_return there.error();
    if (*there) continue;
    auto bringing = bring(node, wanted, limit);
    const auto done = co_await bringing;
    if (!done) {
      half_[operation.id] = brought_to;
      co_return done.error();
    }
    brought_to.emplace_back(node);
  }
  answer.attributes = wanted;
  answer.attributes.set("brought_to", std::move(brought_to));
  answer.attributes = Template().normalise(answer.attributes, {});
  co_return answer;
}

/// What was brought to some nodes before another refused it is not forgotten: it goes when the template does.
Task<Result<Reconciled>> TemplateWork::reconcile(Operation operation) {
  Reconciled reconciled;
  const auto brought = half_.find(operation.id);
  if (brought == half_.end() || brought->second.empty()) co_return reconciled;
  const Object wanted = wanted_of(operation);
  reconciled.fate = Fate::half;
  reconciled.answer.id = Fields(wanted).text_or("volume", "");
  reconciled.answer.attributes = wanted;
  reconciled.answer.attributes.set("nodes", brought->second);
  reconciled.answer.attributes.set("brought_to", std::move(brought->second));
  half_.erase(brought);
  co_return reconciled;
}

Task<Object> TemplateWork::identified(std::string volume) {
  Call call;
  call.method = "GET";
  call.path = "/cluster/resources";
  auto asking = client_->call(std::move(call));
  const auto reply = co_await asking;
  const auto storage = volume.substr(0, volume.find(':'));
  List nodes;
  for (const auto& entry : elements(reply.data)) {
    const Fields fields(entry);
    if (fields.text_or("type", "") != "storage" || fields.text_or("storage", "") != storage) continue;
    const auto node = fields.text_or("node", "");
    auto looking = client_->call(content_call(node, storage));
    const auto content = co_await looking;
    if (content.ok() && lists(content.data, volume)) nodes.emplace_back(node);
    if (!nodes.empty() && fields.boolean_or("shared", false)) break;  // one node has it for all
  }
  co_return Object{{"storage", storage},
                   {"file_name", volume.substr(volume.rfind('/') + 1)},
                   {"volume", volume},
                   {"nodes", std::move(nodes)},
                   {"brought_to", List{}}};
}

Task<std::vector<Observed>> TemplateWork::read(std::vector<ObjectId> ids) {
  std::map<std::pair<std::string, std::string>, Reply> contents;
  std::vector<Observed> observed;
  for (auto& id : ids) {
    if (id.applied.empty()) {
      auto identifying = identified(id.id);
      id.applied = co_await identifying;
    }
    const Fields applied(id.applied);
    Observed one;
    one.id = id.id;
    List there;
    for (const auto& node : texts(id.applied.at_or_null("nodes"))) {
      const auto storage = applied.text_or("storage", "");
      auto known = contents.find({node, storage});
      if (known == contents.end()) {
        auto asking = client_->call(content_call(node, storage));
        known = contents.emplace(std::make_pair(node, storage), co_await asking).first;
      }
      if (!known->second.ok()) {
        one.status = Observed::Status::unreachable;
        one.why = to_error(known->second).message;
      } else if (lists(known->second.data, id.id)) {
        there.emplace_back(node);
      }
    }
    if (one.status != Observed::Status::unreachable && !there.empty()) {
      one.status = Observed::Status::present;
      one.attributes = id.applied;
      one.digest = id.id + " " + display(Value(there), 4'000);
      one.attributes.set("nodes", std::move(there));
    }
    observed.push_back(std::move(one));
  }
  co_return observed;
}

}  // namespace nmx::proxmox
