#include <iostream>
#include <string>
#include <vector>

#include "cli/app.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return nmx::run(arguments, nmx::Streams{std::cin, std::cout, std::cerr});
}
