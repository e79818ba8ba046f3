#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"

namespace nmx {

/// The whole file; nothing where there is none.
Result<std::optional<std::string>> read_whole(const std::filesystem::path& file);

/// Replaces a file so that after a crash at any moment either the old or the new content is there, whole: written
/// beside it, synced, renamed, and the folder synced. An error of a sync is final. `mode` as for chmod.
Status replace_file(const std::filesystem::path& file, std::string_view content, unsigned mode = 0600);
/// Makes a file, whole and synced, where there is none. False: there is one, and it stays as it is.
Result<bool> create_file(const std::filesystem::path& file, std::string_view content);
/// Gives a file another name, in the same folder, and syncs that; what had the name is gone.
Status rename_file(const std::filesystem::path& from, const std::filesystem::path& to);
/// Adds to the end of a file (made with mode 0600) and syncs it.
Status append_to_file(const std::filesystem::path& file, std::string_view content);
/// Removes a file, if it is there, and syncs its folder.
Status remove_file(const std::filesystem::path& file);
/// Makes the folder (mode 0700) and those above it.
Status make_folder(const std::filesystem::path& folder);

}  // namespace nmx
