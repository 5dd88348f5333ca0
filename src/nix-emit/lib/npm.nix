# node_modules trees, placed by Enki and unpacked by npm-install.mjs. npm itself is never run.
{
  lib,
  environmentOf,
  isHere,
  linkInputsOf,
  metaOf,
  nativeInputsOf,
  sourceOf,
  sources,
  stdenv,
  stdenvNoCC,
  toolchains,
  ...
}:

let
  inherit (toolchains) node;
in
{
  project =
    _: project:
    let
      nodes = builtins.filter isHere project.nodes;
      links = builtins.filter (one: one ? link) nodes;
      built = builtins.filter (one: one ? isBuilt) nodes;

      line = one: {
        inherit (one) path bin;
        archive = if one ? source then "${sources.${one.source}}" else null;
        link = one.link or null;
      };

      unpacked = stdenvNoCC.mkDerivation {
        pname = "${project.pname}-node-modules";
        inherit (project) version;
        plan = builtins.toJSON (map line nodes);
        passAsFile = [ "plan" ];
        buildCommand = ''
          ${node}/bin/node ${./npm-install.mjs} "$planPath" "$out"
        '';
        meta = metaOf project;
      };

      # Runs the install scripts of one package in a copy of the tree, and keeps only its folder.
      builtFolder =
        one:
        stdenv.mkDerivation (
          {
            pname = "${project.pname}-built";
            inherit (project) version;
            folder = one.path;
            nativeBuildInputs = [
              node
            ]
            ++ lib.optional (toolchains ? python) toolchains.python
            ++ nativeInputsOf project.inputs;
            buildInputs = linkInputsOf project.inputs;
            npm_config_nodedir = "${lib.getDev node}";
            npm_config_offline = "true";
            buildCommand = ''
              cp -r ${unpacked} tree
              chmod -R u+w tree
              export HOME="$PWD" PATH="$PWD/tree/node_modules/.bin:$PATH"
              node ${./npm-install.mjs} --scripts "tree/$folder"
              cp -r "tree/$folder" "$out"
            '';
          }
          // environmentOf project.inputs
        );

      tree =
        if built == [ ] then
          unpacked
        else
          stdenvNoCC.mkDerivation {
            pname = "${project.pname}-node-modules";
            inherit (project) version;
            buildCommand = ''
              cp -r ${unpacked} "$out"
              chmod -R u+w "$out"
              ${lib.concatMapStrings (one: ''
                folder=${lib.escapeShellArg one.path}
                rm -r "$out/$folder"
                cp -r ${builtFolder one} "$out/$folder"
              '') built}
            '';
            meta = metaOf project;
          };

      # Workspaces are links into the sources, so tree and sources must then lie in one place.
      place = if links == [ ] then "ln -s" else "cp -r";
    in
    stdenvNoCC.mkDerivation {
      inherit (project) pname version;
      passthru.nodeModules = tree;
      buildCommand = ''
        mkdir -p "$out/bin" "$out/lib"
        ${
          if project ? directory then
            ''
              cp -r ${sourceOf project.directory} "$out/lib/app"
              chmod -R u+w "$out/lib/app"
            ''
          else
            ''mkdir "$out/lib/app"''
        }
        (cd ${tree} && find . -name node_modules -prune -print) | while read -r folder; do
          mkdir -p "$out/lib/app/$(dirname "$folder")"
          ${place} "${tree}/$folder" "$out/lib/app/$folder"
        done
        for program in "$out"/lib/app/node_modules/.bin/*; do
          if [ -e "$program" ]; then ln -s "../lib/app/node_modules/.bin/$(basename "$program")" "$out/bin/"; fi
        done
      '';
      meta = metaOf project;
    };
}
