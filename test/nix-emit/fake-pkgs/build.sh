# The phases of a build, as far as the emitted files use them.
export PATH="/usr/bin:/bin"
export NIX_BUILD_TOP="$PWD" HOME=/homeless-shelter LC_ALL=C
for input in $nativeBuildInputs $packages; do
  if [ -d "$input/bin" ]; then PATH="$input/bin:$PATH"; fi
done

runHook() { eval "${!1-}"; }

if [ -n "${buildCommand-}" ]; then
  eval "$buildCommand"
  exit 0
fi

if [ -z "${dontUnpack-}" ] && [ -n "${src-}" ]; then
  if [ -d "$src" ]; then
    cp -r "$src" source
    sourceRoot=source
  else
    mkdir unpacked
    tar --extract --file "$src" --directory unpacked --no-same-owner
    sourceRoot=$(echo unpacked/*)
  fi
  chmod -R u+w "$sourceRoot"
  runHook postUnpack
  cd "$sourceRoot"
  runHook prePatch
fi
if [ -z "${dontBuild-}" ]; then eval "${buildPhase-}"; fi
eval "${installPhase-}"
