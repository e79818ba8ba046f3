#include "cli/progress.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <ostream>

#include "lang/diagnostics/visible.hpp"
#include "planner/view/palette.hpp"

namespace nmx {
namespace {

std::string seconds(Milliseconds took) { return fmt::format("{:.1f} s", static_cast<double>(took.count()) / 1000); }

/// Each line of a text that may have several, as it is shown below an operation.
std::string indented(std::string_view text) {
  std::string shown;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    shown += (at == 0 ? "" : "\n         ") + visible(text.substr(at, end - at));
    at = end + 1;
  }
  return shown;
}

}  // namespace

Progress::Progress(Context& context, std::size_t operations) : context_(context), total_(operations) {}

Progress::~Progress() { clear_running(); }

void Progress::line(const std::string& text) {
  clear_running();
  context_.streams.out << text << "\n";
  show_running();
  context_.streams.out.flush();
}

void Progress::show_running() {
  if (!context_.terminal.interactive_out || running_.empty()) return;
  auto text = fmt::format("  {} of {} done · {}", ended_, total_, running_.begin()->second);
  if (running_.size() > 1) text += fmt::format(" and {} more", running_.size() - 1);
  context_.streams.out << take_columns(text, context_.terminal.width - 1) << std::flush;
  shown_ = true;
}

void Progress::clear_running() {
  if (shown_) context_.streams.out << "\r\x1b[K" << std::flush;
  shown_ = false;
}

void Progress::started(const Operation& operation) {
  running_[operation.id] = visible(operation.summary);
  clear_running();
  show_running();
}

void Progress::progress(const Operation& operation, std::string_view what) {
  running_[operation.id] = fmt::format("{} ({})", visible(operation.summary), visible(what));
  clear_running();
  show_running();
}

void Progress::finished(const Operation& operation, Milliseconds took) {
  running_.erase(operation.id);
  ++ended_;
  const Palette colours(context_.terminal.colour);
  line(fmt::format("  {} {}  {}", colours.good("done"), visible(operation.summary), colours.quiet(seconds(took))));
}

void Progress::failed(const Operation& operation, const Error& error, Milliseconds took) {
  running_.erase(operation.id);
  ++ended_;
  const Palette colours(context_.terminal.colour);
  line(fmt::format("  {} {}  {}", colours.bad("FAILED"), visible(operation.summary), colours.quiet(seconds(took))));
  line("         " + indented(error.message));
  if (!error.help.empty()) line("         help: " + visible(error.help));
}

void Progress::notice(std::string_view text) { line("note: " + visible(text)); }

}  // namespace nmx
