#pragma once

#include <string>
#include <string_view>

#include "providers/lab/proxmox/parameter.hpp"

namespace nmx::lab::proxmox {

enum class Plus { blank, stays };
/// %XX decoded; what is no escape stays as it is.
std::string percent_decoded(std::string_view text, Plus plus);
/// A form as the server reads it: pairs at `&` and `;`, the value up to a second `=`, repeated keys as a list, a key
/// without `=` as null.
Json decode_form(std::string_view body);
/// The fields of a `multipart/form-data` body; of a file its name, and its size under `\x01size`.
Json decode_multipart(std::string_view body, std::string_view content_type);
/// The media type without its parameters.
std::string media_type(std::string_view header);

}  // namespace nmx::lab::proxmox
