#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lang/config/configuration.hpp"
#include "lang/config/evaluate.hpp"

namespace nmx::fuzz {

/// A site of one file that knows one resource type, `value`: it takes anything, and has an id that only apply learns.
/// Evaluation is bounded tightly, so that a fuzzer gets on.
class SmallSite {
 public:
  SmallSite(std::string_view text, Inputs& inputs);
  ~SmallSite();
  SmallSite(const SmallSite&) = delete;
  SmallSite& operator=(const SmallSite&) = delete;

  /// Looks at everything that there is.
  void check();
  std::vector<OutputValue> outputs();
  /// What was told, as people read it; empty where it is very much.
  std::string told() const;

 private:
  SourceMap sources_;
  Diagnostics diagnostics_;
  Configuration configuration_;
  std::unique_ptr<ResourceHost> host_;
  std::unique_ptr<Evaluator> evaluator_;
};

}  // namespace nmx::fuzz
