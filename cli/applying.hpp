#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/session.hpp"

namespace nmx {

// What every command does that carries out a plan: ask, apply, tell how it ended.

/// `-approve`, `-auto-approve`, `-parallelism`.
std::vector<Option> approval_options();
/// `-approve` alone: for what is no plan and may lose data.
std::vector<Option> loss_options();

/// The highest class of change that was granted on the command line. Nothing: the level is none of the known ones,
/// and that was printed.
std::optional<ChangeClass> granted(Context& context);

enum class Approval { given, refused };
/// Whether the plan may be carried out with this level, or because somebody at the terminal says yes. Why not was
/// printed. `besides`: what goes along with the plan needs this level, even where the plan itself does nothing.
Approval approve(Context& context, const Plan& plan, ChangeClass level, ChangeClass besides = ChangeClass::none);

/// Whether something that is no plan may lose data: `-approve data-loss` says so, or somebody at the terminal who types
/// `named`. `loss`: what is gone afterwards. Why not was printed.
Approval approve_loss(Context& context, const std::string& loss, const std::string& named);

/// Carries it out and tells how it ended. `command` stands in the history.
Exit carry_out(Session& session, const Plan& plan, std::string command);

}  // namespace nmx
