#include <malloc.h>
#include <pthread.h>
#include <signal.h>

#include <iostream>
#include <string>
#include <vector>

#include "cli/app.hpp"

namespace {

struct Run {
  std::vector<std::string> arguments;
  int exit_code = 1;
};

void* run(void* data) {
  auto* run = static_cast<Run*>(data);
  run->exit_code = nmx::run(run->arguments, nmx::Streams{std::cin, std::cout, std::cerr});
  return nullptr;
}

}  // namespace

/// Evaluation follows the configuration's own depth, so it gets a stack that a chain of a hundred thousand values does
/// not exhaust. Only what is touched is ever backed by memory.
int main(int argc, char** argv) {
  // A run allocates much and ends soon: memory is taken in large steps, and given back by the end of the process.
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TOP_PAD, 16 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  Run whole{{argv + 1, argv + argc}};
  constexpr std::size_t stack = std::size_t{1} << 30;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_t thread{};
  const bool started =
      pthread_attr_setstacksize(&attributes, stack) == 0 && pthread_create(&thread, &attributes, run, &whole) == 0;
  pthread_attr_destroy(&attributes);
  if (started) {
    // Signals are for the thread that runs: it knows how to end well. Here they would end everything at once.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    pthread_join(thread, nullptr);
  } else {
    run(&whole);
  }
  return whole.exit_code;
}
