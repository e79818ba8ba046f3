#pragma once

#include <string_view>

// What a fuzzer feeds, one function a target. They end the program (std::abort) where a promise is broken; the fuzzers
// call them with invented texts, corpus_test with the kept ones.
namespace nmx::fuzz {

/// Parsing and telling what is wrong ends, whatever the text is.
void parse_text(std::string_view text);
/// What parses is formatted: same tree, and formatting again changes nothing.
void format_text(std::string_view text);
/// A site of one file is loaded, expanded, evaluated and checked within bounds.
void evaluate_text(std::string_view text);
/// JSON is read or refused; what is read is written and reads back equal, plain and exact.
void read_json(std::string_view text);
/// By the first byte: a template is filled in, YAML is read, paths are compared with a pattern, a text is written in
/// another character set. Secrets stay secret, and what is written reads back.
void call_functions(std::string_view text);

}  // namespace nmx::fuzz
