# As much of nixpkgs' library as modules of hosts use.
let
  inherit (builtins)
    attrNames
    concatStringsSep
    elem
    foldl'
    listToAttrs
    map
    stringLength
    substring
    ;
in
rec {
  inherit (builtins) mapAttrs;

  makeBinPath = packages: concatStringsSep ":" (map (package: "${package}/bin") packages);

  nameValuePair = name: value: { inherit name value; };
  mapAttrs' = f: set: listToAttrs (map (name: f name set.${name}) (attrNames set));
  genAttrs = names: f: listToAttrs (map (name: nameValuePair name (f name)) names);
  optional = condition: value: if condition then [ value ] else [ ];
  unique = foldl' (seen: value: if elem value seen then seen else seen ++ [ value ]) [ ];

  hasSuffix =
    suffix: text:
    let
      rest = stringLength text - stringLength suffix;
    in
    rest >= 0 && substring rest (-1) text == suffix;
  removeSuffix =
    suffix: text:
    if hasSuffix suffix text then
      substring 0 (stringLength text - stringLength suffix) text
    else
      text;

  mkIf = condition: content: {
    _type = "if";
    inherit condition content;
  };
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };
  mkOverride = priority: content: {
    _type = "override";
    inherit priority content;
  };
  mkForce = mkOverride 50;
  mkDefault = mkOverride 1000;
  mkOption = option: option // { _type = "option"; };

  types = import ./types.nix { inherit unique evaluate; };
  evaluate = import ./evaluate.nix;

  nixosSystem = import ./system.nix {
    inherit evaluate;
    lib = import ./lib.nix;
  };
}
