# The few functions of nixpkgs' lib that the emitted files use, with the same results.
{ release }:
rec {
  trivial = { inherit release; };
  fix = f: let x = f x; in x;
  extends = overlay: f: final: let prev = f final; in prev // overlay final prev;
  hasSuffix =
    suffix: text:
    let
      length = builtins.stringLength text;
      wanted = builtins.stringLength suffix;
    in
    length >= wanted && builtins.substring (length - wanted) length text == suffix;
  optional = condition: value: if condition then [ value ] else [ ];
  optionals = condition: values: if condition then values else [ ];
  optionalString = condition: text: if condition then text else "";
  optionalAttrs = condition: set: if condition then set else { };
  concatMapStrings = f: list: builtins.concatStringsSep "" (map f list);
  range = first: last: if first > last then [ ] else builtins.genList (n: first + n) (last - first + 1);
  escapeShellArg = text: "'${builtins.replaceStrings [ "'" ] [ "'\\''" ] (toString text)}'";
  escapeShellArgs = list: builtins.concatStringsSep " " (map escapeShellArg list);
  getLib = package: package.lib or package;
  getDev = package: package.dev or package;
  genAttrs = names: f: builtins.listToAttrs (map (name: { inherit name; value = f name; }) names);
  makeBinPath = packages: builtins.concatStringsSep ":" (map (package: "${package}/bin") packages);
  licenses = {
    mit = { spdxId = "MIT"; shortName = "mit"; fullName = "MIT License"; };
    asl20 = { spdxId = "Apache-2.0"; shortName = "asl20"; fullName = "Apache License 2.0"; };
    isc = { spdxId = "ISC"; shortName = "isc"; fullName = "ISC License"; };
    unfree = { shortName = "unfree"; fullName = "Unfree"; free = false; };
    # The newest nixpkgs has functions among its licences.
    isFree = licence: licence.free or true;
  };
  sourceTypes.binaryNativeCode = { shortName = "binaryNativeCode"; isSource = false; };
}
