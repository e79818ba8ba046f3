#pragma once

#include <cstdint>
#include <string>

namespace nmx {

/// Numbers of messages, stable for ever: `nmx explain NMX0201`. One block a room, so that they can grow apart:
/// 01xx text and syntax, 02xx names, 03xx types and values, 04xx evaluation, 05xx definitions and blocks,
/// 06xx planning, 07xx what a provider refuses while planning. Each has a page, docs/errors/.
enum class Code : std::uint16_t {
  // text and syntax
  syntax = 100,  // the grammar expected something else
  invalid_utf8 = 101,
  foreign_comment = 102,  // `//` or `/*`
  bad_escape = 103,
  bad_number = 104,  // out of range, or a malformed literal
  unknown_unit = 105,
  unterminated_string = 106,
  too_deep = 107,
  too_large = 108,
  duplicate_attribute = 109,
  unexpected_character = 110,
  bad_text_indentation = 111,  // retired

  // names
  unknown_name = 200,  // `foo.bar` where no `foo` exists
  unknown_attribute = 201,
  unknown_block = 202,
  unknown_kind = 203,  // a block type that nothing defines
  unknown_resource_type = 204,
  unknown_function = 205,
  unknown_variable = 206,  // also a `-var` nobody declared
  unknown_instance = 207,  // `container.nope`
  absent_block = 208,      // its `when` is false
  ambiguous_name = 209,
  unknown_provider = 210,
  unknown_member = 211,  // an enum's
  unknown_environment = 212,
  unknown_output = 213,

  // types and values
  wrong_type = 300,
  missing_attribute = 301,
  wrong_unit = 302,  // a bare number where bytes or a duration is wanted
  out_of_range = 303,
  bad_format = 304,  // not an ip, cidr, hostname …
  bad_operands = 305,
  overflow = 306,
  division_by_zero = 307,
  bad_index = 308,
  null_value = 309,
  bad_arguments = 310,  // number or kinds of a function's arguments
  function_failed = 311,
  secret_exposed = 312,     // retired
  not_known_yet = 313,      // a hole where only a known value will do
  bad_interpolation = 314,  // a value that has no text form inside `${…}`
  unit_in_any = 315,        // retired

  // evaluation
  cycle = 400,
  bad_for_each = 401,
  bad_when = 402,
  too_many_instances = 403,
  evaluation_too_deep = 404,
  file_unreadable = 405,
  environment_unset = 406,
  evaluation_too_long = 407,
  value_too_large = 408,

  // definitions and blocks
  duplicate_block = 500,
  duplicate_definition = 501,
  bad_labels = 502,  // too few or too many
  missing_variable = 503,
  validation_failed = 504,  // a `validate` of a variable or kind
  check_failed = 505,
  single_instance = 506,  // a second instance of a `single` kind
  fixed_input = 507,
  bad_definition = 508,  // a kind's own declaration is wrong
  misplaced_block = 509,
  not_unique = 510,
  merge_conflict = 511,
  module_not_found = 512,
  recursive_module = 513,
  reserved_name = 514,
  deprecated = 515,
  unsupported_block = 516,  // retired
  no_configuration = 517,
  recursive_function = 518,

  // planning
  duplicate_object = 600,  // two resources with one natural key
  no_provider = 601,
  pool_exhausted = 602,
  address_taken = 603,  // retired
  protected_object = 604,
  unknown_target = 605,
  unit_of_plan = 606,       // retired
  connection_failed = 607,  // a provider cannot be reached or refuses the login
  bad_state_setting = 608,

  // what a provider refuses while planning
  missing_right = 700,
  unknown_node = 701,
  unknown_storage = 702,
  storage_full = 703,
  shrink_refused = 704,
  root_needed = 705,
  unknown_template = 706,
  unknown_bridge = 707,
  id_taken = 708,
  bad_option = 709,  // a combination of options that the server would refuse
  no_host_key_way = 710,
  node_offline = 711,
  not_buildable = 712,  // what would be built cannot be: Nix refuses the options
};

/// `NMX0201`
std::string to_string(Code code);

}  // namespace nmx
