{
  description = "A stand-in for nixpkgs: a module system and some real options";

  outputs = _: {
    lib = import ./lib.nix;
    legacyPackages.x86_64-linux = import ./packages.nix;
  };
}
