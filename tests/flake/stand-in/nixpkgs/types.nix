# Types of options: whether a value is one, and what several definitions of an option come to.
{ unique, evaluate }:
let
  inherit (builtins)
    all
    attrNames
    concatLists
    concatMap
    concatStringsSep
    elem
    head
    isAttrs
    isBool
    isInt
    isList
    isPath
    isString
    map
    ;

  values = map (definition: definition.value);
  files =
    definitions: concatStringsSep ", " (unique (map (definition: definition.file) definitions));

  equal =
    path: definitions:
    if all (value: value == head (values definitions)) (values definitions) then
      head (values definitions)
    else
      throw "The option `${path}' has conflicting definition values: ${files definitions}";

  simple = name: check: {
    inherit name check;
    merge = equal;
  };
  isPackage = value: isAttrs value && value.type or null == "derivation";
in
rec {
  bool = simple "boolean" isBool;
  int = simple "signed integer" isInt;
  str = simple "string" (value: isString value || isPackage value);
  path = simple "absolute path" (value: isPath value || isString value);
  package = simple "package" isPackage;
  enum = choices: simple "one of ${concatStringsSep ", " choices}" (value: elem value choices);
  nullOr = type: {
    name = "null or ${type.name}";
    check = value: value == null || type.check value;
    merge =
      path: definitions:
      if head (values definitions) == null then null else type.merge path definitions;
  };
  either =
    left: right:
    simple "${left.name} or ${right.name}" (value: left.check value || right.check value);
  lines = str // {
    name = "strings concatenated with \"\\n\"";
    merge = _: definitions: concatStringsSep "\n" (values definitions);
  };
  listOf = type: {
    name = "list of (${type.name})";
    check = value: isList value && all type.check value;
    merge = _: definitions: concatLists (values definitions);
  };
  # Settings of any shape.
  anything = {
    name = "anything";
    check = _: true;
    merge =
      path: definitions:
      if all (definition: isAttrs definition.value && !isPackage definition.value) definitions then
        (attrsOf anything).merge path definitions
      else if all (definition: isList definition.value) definitions then
        concatLists (values definitions)
      else
        equal path definitions;
  };
  attrs = anything // {
    name = "attribute set";
    check = isAttrs;
  };
  attrsOf = type: {
    name = "attribute set of (${type.name})";
    check = isAttrs;
    merge =
      path: definitions:
      builtins.listToAttrs (
        map (name: {
          inherit name;
          value = evaluate.option "${path}.${name}" { inherit type; } (evaluate.below name definitions);
        }) (unique (concatMap (definition: attrNames definition.value) definitions))
      );
  };
  submodule = options: {
    name = "submodule";
    check = isAttrs;
    merge = path: definitions: evaluate.options "${path}." options definitions;
  };
}
