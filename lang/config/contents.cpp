#include "lang/config/declarations.hpp"

namespace nmx {

void Shape::index() {
  input_at.clear();
  block_at.clear();
  for (std::size_t i = 0; i < inputs.size(); ++i) input_at.emplace(inputs[i]->name, i);
  for (std::size_t i = 0; i < blocks.size(); ++i) block_at.emplace(blocks[i]->name, i);
}

void Contents::index() {
  for (std::size_t i = 0; i < locals.size(); ++i) local_at.emplace(locals[i].name, i);
  for (std::size_t i = 0; i < outputs.size(); ++i) output_at.emplace(outputs[i].name, i);
  for (std::size_t i = 0; i < functions.size(); ++i) function_at.emplace(functions[i]->name.name, i);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto& block = *blocks[i];
    switch (block.role) {
      case BlockRole::resource: resources.push_back(i); break;
      case BlockRole::instance: instances.push_back(i); break;
      case BlockRole::module: modules.push_back(i); break;
      case BlockRole::provider: providers.push_back(i); break;
      case BlockRole::nested: break;
    }
    of_kind[block.type].push_back(i);
    if (!block.has_computed_label()) named[block.type].emplace(block.static_name(), i);
  }
}

}  // namespace nmx
