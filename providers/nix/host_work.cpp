#include "providers/nix/host_work.hpp"

#include "providers/nix/host.hpp"
#include "providers/nix/host_file.hpp"
#include "providers/nix/secrets_file.hpp"
#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::nix {

Status may_write(const FlakeFolder& flake, const Object& host) {
  const Fields fields(host);
  const auto file = fields.text_or("file", "");
  const auto there = flake.read(file);
  if (!there) return there.error();
  if (*there && (*there)->rfind(first_words, 0) != 0)
    return Error{"`" + file + "` is there and was not written by nmx",
                 "move it to `" + local_path(fields.text_or("name", "")) + "`"};
  return Done{};
}

Status HostWork::write(const Object& host) const {
  if (auto may = may_write(flake_, host); !may) return may;
  const Fields fields(host);
  const auto written = flake_.write(fields.text_or("file", ""), fields.text_or("text", ""));
  if (!written) return written;
  const auto secrets = secrets_path(fields.text_or("name", ""));
  const auto sealed = fields.text_or("sealed", "");
  return sealed.empty() ? flake_.remove(secrets) : flake_.write(secrets, sealed);
}

Status HostWork::remove(const Object& host) const {
  const Fields fields(host);
  const auto removed = flake_.remove(fields.text_or("file", ""));
  if (!removed) return removed;
  return flake_.remove(secrets_path(fields.text_or("name", "")));
}

Task<Result<Answer>> HostWork::execute(Operation operation) {
  const auto* given = operation.arguments.at_or_null("wanted").object();
  Object host = given ? *given : Object{};
  if (operation.verb == "write" && !host.contains("sealed")) {
    auto sealed = secrets_file(host, seed_);
    if (!sealed) co_return sealed.error();
    host.set("sealed", *std::move(sealed));
  }
  const auto done = operation.verb == "remove" ? remove(host) : write(host);
  if (!done) co_return done.error();
  Answer answer;
  const Fields fields(host);
  const auto name = fields.text_or("name", "");
  auto acquiring = index_->acquire();
  auto place = co_await acquiring;
  auto telling = flake_.tell_git({fields.text_or("file", ""), secrets_path(name)});
  answer.notes = co_await telling;
  place.release();
  answer.id = name;
  answer.attributes = Host().normalise(host, {});
  co_return answer;
}

Task<Result<Reconciled>> HostWork::reconcile(Operation) { co_return Reconciled{}; }

Task<std::vector<Observed>> HostWork::read(std::vector<ObjectId> ids) {
  std::vector<Observed> observed;
  for (auto& id : ids) {
    Observed one;
    one.id = id.id;
    const auto text = flake_.read(Fields(id.applied).text_or("file", host_path(id.id)));
    const auto sealed = flake_.read(secrets_path(Fields(id.applied).text_or("name", id.id)));
    if (!text || !sealed) {
      one.status = Observed::Status::unreachable;
      one.why = (text ? sealed : text).error().message;
    } else if (*text && !id.applied.empty()) {  // an import finds nothing: what is in the file does not tell its block
      one.status = Observed::Status::present;
      one.attributes = std::move(id.applied);
      one.attributes.set("text", **text);
      one.attributes.set("sealed", sealed->value_or(""));
      one.digest = to_hex(sha256(**text + '\0' + sealed->value_or("")));
    }
    observed.push_back(std::move(one));
  }
  co_return observed;
}

}  // namespace nmx::nix
