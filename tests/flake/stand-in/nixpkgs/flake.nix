{
  description = "A stand-in for nixpkgs: modules, and the options that the tests' hosts set, by their real names; nothing is built";

  outputs = _: {
    lib = import ./lib.nix;
    legacyPackages.x86_64-linux = import ./packages.nix;
  };
}
