// Compiles src/ to dist/ from scratch (the library), bundles the command into dist/bin/ (a third of its start-up time went
// into loading 150 modules), and copies the data files that compiler and bundler leave behind.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, readFileSync, rmSync } from "node:fs";
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = `${root}dist`;
const command = `${dist}/bin`;
rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.json`], {
  stdio: "inherit",
});

/** Folders of constant data that ship beside the compiled code; the TypeScript compiler copies no such file. */
for (const folder of ["ecosystems/nix/data", "nix-emit/lib"]) {
  cpSync(`${root}src/${folder}`, `${dist}/${folder}`, { recursive: true });
}

/** Modules that look for files beside themselves still find those of the library, wherever the bundler puts them. */
const keepModuleUrls = {
  name: "keep-module-urls",
  setup(bundler) {
    bundler.onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, ({ path }) => {
      const compiled = path.replace(`${root}src`, dist).replace(/\.ts$/, ".js");
      const url = `new URL(${JSON.stringify(relative(command, compiled))}, import.meta.url).href`;
      return {
        contents: readFileSync(path, "utf8").replaceAll("import.meta.url", url),
        loader: "ts",
        resolveDir: dirname(path),
      };
    });
  },
};

/** The command has only that part of undici which sends requests. */
const smallUndici = {
  name: "small-undici",
  setup(bundler) {
    bundler.onResolve({ filter: /^undici$/ }, () => ({ path: `${root}scripts/undici-client.cjs` }));
  },
};

await build({
  entryPoints: { enki: `${root}src/cli/main.ts` },
  outdir: command,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  mainFields: ["module", "main"],
  // pacote finds its own modules by path, and both are loaded for rare work only.
  external: ["pacote", "@viz-js/viz"],
  plugins: [keepModuleUrls, smallUndici],
  // What CommonJS packages require from Node.
  banner: {
    js: 'import { createRequire as createBundleRequire } from "node:module"; const require = createBundleRequire(import.meta.url);',
  },
  logLevel: "warning",
});
chmodSync(`${command}/enki.js`, 0o755);
