// Compiles src/ to dist/ from scratch (the library), bundles the command into dist/bin/ (a third of its start-up time went
// into loading 150 modules), and copies the data files that compiler and bundler leave behind.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

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

/** These look for a thread's program, of which there is a bundle too. */
const findsBundles = /[/\\]slim-thread\.ts$/;

/** Modules that look for files beside themselves still find those of the library, wherever the bundler puts them. */
const keepModuleUrls = {
  name: "keep-module-urls",
  setup(bundler) {
    bundler.onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, ({ path }) => {
      if (findsBundles.test(path)) return undefined;
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

/** Modules of Node that many runs never use, and that take a millisecond or more to load. */
const LAZY_BUILTINS =
  /^ *var (\w+) = require\("(node:(?:child_process|crypto|timers\/promises|tls|v8|worker_threads|zlib))"\);$/gm;

/** What a chunk uses of such a module becomes getters, so that the module is loaded with the first use. */
function withLazyBuiltins(code) {
  return code.replaceAll(LAZY_BUILTINS, (_, variable, name) => {
    const used = new Set([...code.matchAll(new RegExp(`\\b${variable}\\.(\\w+)`, "g"))].map(([, member]) => member));
    const getters = [...used].map((member) => `get ${member}() { return require("${name}").${member}; }`);
    return `var ${variable} = { ${getters.join(", ")} };`;
  });
}

/** V8 keeps a text with one character beyond ASCII in twice the space. The bundler escapes those in code. */
function withAsciiComments(code) {
  return code.replaceAll(/^ *(?:\/\*|\(?\*|\/\/).*$/gm, (line) => line.replaceAll(/[^\0-\x7f]+/g, "?"));
}

/**
 * A chunk as a script, which V8 can take from compiled code; Node 20 can't do so with modules. It is one function
 * expression, the one that the loader calls: text that must be put together first is copied once more.
 */
async function asScript(text) {
  // Which module it was that a piece of code comes from stays readable, and a script has a `require` of its own.
  const marked = text
    .replaceAll(/^( *)\/\/ (\S+\.(?:ts|[cm]?js))$/gm, "$1//! $2")
    .replaceAll(/\b__require\("/g, 'require("');
  const { code } = await transform(marked, {
    format: "cjs",
    platform: "node",
    target: "node20",
    legalComments: "inline",
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "moduleUrl" },
  });
  const script = `(function (exports, require, module, moduleUrl) {${withLazyBuiltins(withAsciiComments(code))}\n})`;
  // The loader takes bytes for characters.
  const beyond = /^.*[^\0-\x7f].*$/m.exec(script);
  if (beyond !== null) throw new Error(`a chunk is not ASCII: ${beyond[0].slice(0, 200)}`);
  return script;
}

const common = {
  bundle: true,
  platform: "node",
  target: "node20",
  plugins: [keepModuleUrls, smallUndici],
  logLevel: "warning",
};
const { outputFiles } = await build({
  ...common,
  entryPoints: { main: `${root}src/cli/main.ts` },
  outdir: command,
  splitting: true,
  format: "esm",
  mainFields: ["module", "main"],
  // pacote finds its own modules by path, and both are loaded for rare work only.
  external: ["pacote", "@viz-js/viz"],
  write: false,
});
mkdirSync(command, { recursive: true });
await Promise.all(outputFiles.map(async ({ path, text }) => writeFileSync(path, await asScript(text))));
await build({
  ...common,
  entryPoints: { enki: `${root}src/cli/launch/enki.ts` },
  outdir: command,
  format: "cjs",
  define: { "import.meta.filename": "__filename" },
});
// A thread's program is one script: what it shares with the command is little.
await build({
  ...common,
  entryPoints: { "slim-worker": `${root}src/ecosystems/npm/slim-worker.ts` },
  outdir: command,
  format: "cjs",
});
writeFileSync(`${command}/package.json`, '{ "type": "commonjs" }\n');
chmodSync(`${command}/enki.js`, 0o755);
