#pragma once

namespace nmx {

/// One visitor made of several lambdas: `std::visit(Overloaded{[](bool) {…}, [](double) {…}}, held)`.
template <typename... Callables>
struct Overloaded : Callables... {
  using Callables::operator()...;
};
template <typename... Callables>
Overloaded(Callables...) -> Overloaded<Callables...>;

}  // namespace nmx
