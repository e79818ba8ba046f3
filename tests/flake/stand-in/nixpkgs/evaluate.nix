# Options and their definitions to values. A definition is { value, file, priority }; of several, those of the lowest priority count.
let
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    filter
    foldl'
    isAttrs
    map
    mapAttrs
    ;

  files = definitions: concatStringsSep ", " (map (definition: definition.file) definitions);

  # Without mkIf, mkMerge and mkOverride.
  plain =
    definition:
    let
      inherit (definition) value;
      kind = if isAttrs value then value._type or null else null;
      again = changed: plain (definition // changed);
    in
    if kind == "if" then
      if value.condition then again { value = value.content; } else [ ]
    else if kind == "merge" then
      concatMap (content: again { value = content; }) value.contents
    else if kind == "override" then
      again {
        value = value.content;
        inherit (value) priority;
      }
    else
      [ definition ];

  # What definitions of a set say of one of its names.
  below =
    name: definitions:
    concatMap (
      definition:
      if definition.value ? ${name} then
        [ (definition // { value = definition.value.${name}; }) ]
      else
        [ ]
    ) (concatMap plain definitions);

  option =
    path: declared: definitions:
    let
      every = concatMap plain definitions;
      lowest = foldl' (low: each: if each.priority < low then each.priority else low) 9999 every;
      deciding = filter (each: each.priority == lowest) every;
      wrong = filter (each: !declared.type.check each.value) deciding;
    in
    if every == [ ] then
      declared.default or (throw "The option `${path}' is used but not defined")
    else if wrong != [ ] then
      throw "The option `${path}' is not of type `${declared.type.name}': ${files wrong}"
    else
      declared.type.merge path deciding;

  options =
    prefix: declared: definitions:
    let
      every = concatMap plain definitions;
      noSet = filter (each: !isAttrs each.value) every;
      unknown = concatMap (
        each:
        map (name: "The option `${prefix}${name}' does not exist: ${each.file}") (
          filter (name: !(declared ? ${name})) (attrNames each.value)
        )
      ) every;
    in
    if noSet != [ ] then
      throw "The option `${prefix}' needs a set: ${files noSet}"
    else if unknown != [ ] then
      throw (concatStringsSep "\n" unknown)
    else
      mapAttrs (
        name: each:
        if each._type or null == "option" then
          option "${prefix}${name}" each (below name every)
        else
          options "${prefix}${name}." each (below name every)
      ) declared;
in
{
  inherit below option options;
}
