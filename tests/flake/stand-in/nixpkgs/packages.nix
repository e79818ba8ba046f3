let
  write =
    name: text:
    derivation {
      inherit name text;
      system = "x86_64-linux";
      builder = "/bin/sh";
      args = [
        "-c"
        "printf '%s\\n' \"$text\" > $out"
      ];
    };
  # A program: a script in `bin`.
  script =
    name: text:
    derivation {
      inherit name;
      text = "#!/bin/bash\n${text}";
      passAsFile = [ "text" ];
      system = "x86_64-linux";
      builder = "/bin/sh";
      PATH = "/usr/bin:/bin";
      args = [
        "-c"
        "mkdir -p $out/bin && cp $textPath $out/bin/$name && chmod 0755 $out/bin/$name"
      ];
    };
  named =
    names:
    builtins.listToAttrs (
      map (name: {
        inherit name;
        value = write name name;
      }) names
    );
  # A system that a guest of the lab can be switched to: its file `lab` says what becomes of each unit (`lab-switch`), and holds all that is
  # configured. A unit whose ExecStart is `false WORDS…` fails with these words.
  system =
    {
      name,
      plays,
      programs,
      text,
    }:
    derivation {
      inherit name programs text;
      plays = builtins.concatStringsSep "\n" plays;
      passAsFile = [
        "plays"
        "text"
      ];
      system = "x86_64-linux";
      builder = "/bin/sh";
      PATH = "/usr/bin:/bin";
      args = [
        "-c"
        ''
          set -e
          mkdir -p $out/bin $out/sw/bin
          for program in $programs; do
            [ ! -d $program/bin ] || ln -s $program/bin/* $out/sw/bin/
          done
          cp "$textPath" $out/configuration.json
          { cat "$playsPath"; echo; } > $out/lab
          printf '#!/bin/sh\nexec lab-switch %s "$@"\n' $out > $out/bin/switch-to-configuration
          chmod 0755 $out/bin/switch-to-configuration
        ''
      ];
    };
in
named [
  "mariadb"
  "nixfmt-tree"
  "openssh"
  "postgresql_17"
  "sqlite"
  "util-linux"
]
// {
  inherit system write;
  runtimeShell = "/bin/sh";
  writeShellScriptBin = script;
  runCommand = name: _: script: write name script;
}
