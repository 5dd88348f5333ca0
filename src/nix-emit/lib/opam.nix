# One derivation per opam package: the commands that Enki evaluated, then opam-installer.
{
  lib,
  cargo,
  environmentOf,
  isHere,
  linkInputsOf,
  metaOf,
  nativeInputsOf,
  opam-installer,
  plan,
  sourceOf,
  sources,
  stdenv,
  toolchains,
  ...
}:

let
  inherit (toolchains) ocaml;

  # The variables that only the build knows (opam manual, "Variables"); %% stands for %.
  marks =
    closure: name: version:
    let
      out = placeholder "out";
      folders = {
        prefix = out;
        lib = "${out}/lib";
        stublibs = "${out}/lib/stublibs";
        toplevel = "${out}/lib/toplevel";
        libexec = "${out}/lib";
        bin = "${out}/bin";
        sbin = "${out}/sbin";
        share = "${out}/share";
        etc = "${out}/etc";
        doc = "${out}/doc";
        man = "${out}/man";
      };
      own = folders // {
        inherit name version;
        make = "make";
        jobs = "1";
        "_:name" = name;
        "_:version" = version;
        "_:lib" = "${out}/lib/${name}";
        "_:share" = "${out}/share/${name}";
        "_:etc" = "${out}/etc/${name}";
        "_:doc" = "${out}/doc/${name}";
        "_:bin" = "${out}/bin";
        "${name}:lib" = "${out}/lib/${name}";
        "${name}:share" = "${out}/share/${name}";
        "${name}:etc" = "${out}/etc/${name}";
        "${name}:doc" = "${out}/doc/${name}";
        "${name}:bin" = "${out}/bin";
        "ocaml:lib" = "${ocaml}/lib/ocaml";
        "ocaml:bin" = "${ocaml}/bin";
      };
      others = builtins.foldl' (
        all: other:
        all
        // {
          "${other.opamName}:lib" = "${other}/lib/${other.opamName}";
          "${other.opamName}:bin" = "${other}/bin";
          "${other.opamName}:share" = "${other}/share/${other.opamName}";
          "${other.opamName}:etc" = "${other}/etc/${other.opamName}";
          "${other.opamName}:doc" = "${other}/doc/${other.opamName}";
        }
      ) { } closure;
      all = others // own;
      names = builtins.attrNames all;
    in
    {
      from = map (variable: "%{${variable}}%") names ++ [ "%%" ];
      to = map (variable: all.${variable}) names ++ [ "%" ];
    };

  build =
    item:
    let
      closure = item.closure;
      mark = marks closure item.name item.version;
      # Most commands have no variable left, and the table of variables is long.
      hasMark = text: builtins.replaceStrings [ "%" ] [ "" ] text != text;
      fill = text: if hasMark text then builtins.replaceStrings mark.from mark.to text else text;
      run = command: "${lib.escapeShellArgs (map fill command)}\n";
      sedScript = lib.concatMapStrings (
        position: "s|${builtins.elemAt mark.from position}|${builtins.elemAt mark.to position}|g\n"
      ) (lib.range 0 (builtins.length mark.from - 1));
      fillFile = subst: ''
        sed -f "$substitutionsPath" ${lib.escapeShellArg "${subst}.in"} > ${lib.escapeShellArg subst}
      '';
    in
    stdenv.mkDerivation (
      {
        inherit (item) pname src;
        version = item.storeVersion;
        dontUnpack = item.src == null;
        dontConfigure = true;
        strictDeps = true;
        nativeBuildInputs = [
          ocaml
          opam-installer
        ]
        ++ nativeInputsOf item.inputs;
        buildInputs = linkInputsOf item.inputs;
        opamClosure = closure;
        passthru.opamName = item.name;
        substitutions = if item.substs == [ ] then "" else sedScript;
        passAsFile = [ "substitutions" ];
        postUnpack = lib.concatMapStrings (extra: ''
          install -D -m 644 ${sources.${extra.source}} "$sourceRoot"/${lib.escapeShellArg extra.name}
        '') item.extraSources;
        prePatch = lib.concatMapStrings (patch: ''
          patch -p1 < ${lib.escapeShellArg patch}
        '') item.patches;
        buildPhase = ''
          runHook preBuild
          # Libraries and programs of the packages that it needs are found as in a switch of opam.
          for one in $opamClosure; do
            export PATH="$one/bin:$PATH"
            export OCAMLPATH="$one/lib''${OCAMLPATH:+:}''${OCAMLPATH-}"
            export CAML_LD_LIBRARY_PATH="$one/lib/stublibs''${CAML_LD_LIBRARY_PATH:+:}''${CAML_LD_LIBRARY_PATH-}"
          done
          ${lib.optionalString (item.crates != [ ]) (cargo.offlineHome { inherit (item) crates gitSources; })}
          export HOME="$PWD" OPAM_SWITCH_PREFIX="$out" OCAMLFIND_DESTDIR="$out/lib" DUNE_INSTALL_PREFIX="$out"
          ${lib.concatMapStrings fillFile item.substs}
          ${lib.concatMapStrings run item.build}
          runHook postBuild
        '';
        installPhase = ''
          runHook preInstall
          mkdir -p "$out/lib" "$out/bin"
          ${lib.concatMapStrings run item.install}
          if [ -e ${lib.escapeShellArg "${item.name}.install"} ]; then
            opam-installer --prefix="$out" ${lib.escapeShellArg "${item.name}.install"}
          fi
          runHook postInstall
        '';
        meta = metaOf item;
      }
      // environmentOf item.inputs
    );

  # Every package that some packages need, each once, found in the plan's data alone.
  closureOf =
    self: uses:
    let
      keys = map (use: { key = use.id; });
      here = builtins.filter isHere;
    in
    map (one: self.${one.key}) (
      builtins.genericClosure {
        startSet = keys (here uses);
        operator = one: keys (here plan.opam.${one.key}.dependencies);
      }
    );

  withClosure = self: uses: item: build (item // { closure = closureOf self uses; });
in
{
  package =
    self: item:
    withClosure self item.dependencies (
      item // { src = if item ? source then sources.${item.source} else null; }
    );

  project =
    self: project:
    withClosure self project.packages (
      {
        inherit (project)
          pname
          build
          install
          inputs
          meta
          ;
        name = project.pname;
        inherit (project) version;
        storeVersion = project.version;
        src = if project ? directory then sourceOf project.directory else null;
        crates = [ ];
        extraSources = [ ];
        patches = [ ];
        substs = [ ];
      }
    );
}
