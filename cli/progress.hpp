#pragma once

#include "cli/context.hpp"
#include "planner/events.hpp"

namespace nmx {

/// Shows an apply while it runs: plain lines, and on a terminal one more line at the bottom with what is under way.
class Progress : public ApplyObserver {
 public:
  Progress(Context& context, std::size_t operations);
  ~Progress() override;
  void started(const Operation& operation) override;
  void progress(const Operation& operation, std::string_view what) override;
  void finished(const Operation& operation, Milliseconds took) override;
  void failed(const Operation& operation, const Error& error, Milliseconds took) override;
  void notice(std::string_view text) override;

 private:
  void line(const std::string& text);
  void show_running();
  void clear_running();

  Context& context_;
  std::size_t total_;
  std::size_t ended_ = 0;
  std::map<std::size_t, std::string> running_;
  bool shown_ = false;
};

}  // namespace nmx
