#pragma once

#include "lang/config/loader.hpp"

namespace nmx {

/// The definitions that come with nmx, from inside the binary.
class StandardLibrary : public Library {
 public:
  std::optional<std::string> file_of(std::string_view kind) const override;
  std::string_view text(std::string_view file) const override;
  std::vector<std::string> kinds() const override;
};

}  // namespace nmx
