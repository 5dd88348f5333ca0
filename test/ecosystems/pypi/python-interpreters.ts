/** The Pythons and pips of the machine that runs the tests, found by their names. */
import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";

/** One Python. */
export interface PythonInterpreter {
  /** `3.12.1` */
  readonly version: string;
  readonly executable: string;
  /** `23.2.1`; `undefined` when it has no pip. */
  readonly pip: string | undefined;
}

const minors = [9, 10, 11, 12, 13, 14];

/** One Python per minor version from 3.9 on, oldest first. */
export function findInterpreters(): readonly PythonInterpreter[] {
  return minors.flatMap((minor) => findInterpreter(`3.${minor}`) ?? []);
}

function findInterpreter(minor: string): PythonInterpreter | undefined {
  const probe = "import sys; print(sys.executable); print('.'.join(map(str, sys.version_info[:3])))";
  const lines =
    output(`python${minor}`, ["-c", probe]) ??
    pyenvVersions(minor).flatMap((version) => output("python", ["-c", probe], { PYENV_VERSION: version }) ?? [])[0];
  const [executable, version] = (lines ?? "").trim().split("\n");
  if (executable === undefined || version === undefined || !version.startsWith(`${minor}.`)) return undefined;
  const pip = /^pip (\S+)/.exec(output(executable, ["-m", "pip", "--version"]) ?? "")?.[1];
  return { version, executable, pip };
}

/** Versions that pyenv manages but does not put on the PATH. */
function pyenvVersions(minor: string): readonly string[] {
  return (output("pyenv", ["versions", "--bare"]) ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((version) => version.startsWith(`${minor}.`));
}

/** What a command prints; `undefined` when it is missing or fails. */
function output(
  command: string,
  arguments_: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): string | undefined {
  try {
    return execFileSync(command, arguments_, {
      env: { ...process.env, ...environment },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 60_000,
    });
  } catch {
    return undefined;
  }
}

/** One package that pip would install. */
export interface PipChoice {
  readonly name: string;
  readonly version: string;
}

/**
 * Runs `pip install --dry-run` in isolation from the machine's configuration, and gives what pip would install. Throws
 * with pip's own words when it refuses. `pip` may be a wheel of another pip, which Python can run as it is.
 */
export async function pipDryRun(
  python: PythonInterpreter,
  arguments_: readonly string[],
  pip?: string,
): Promise<readonly PipChoice[]> {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:PIP|PYTHON|.*_proxy$)/i.test(name)),
  );
  const program = pip === undefined ? ["-m", "pip"] : [`${pip}/pip`];
  // The index is served by this process, so the wait must not block it.
  const { stdout } = await promisify(execFile)(
    python.executable,
    [
      ...program,
      "install",
      "--isolated",
      "--disable-pip-version-check",
      "--no-cache-dir",
      "--dry-run",
      "--ignore-installed",
      "--quiet",
      "--report",
      "-",
      ...arguments_,
    ],
    {
      env: { ...environment, PIP_CONFIG_FILE: "/dev/null" },
      encoding: "utf8",
      timeout: 60_000,
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const report: { install: readonly { metadata: { name: string; version: string } }[] } = JSON.parse(stdout);
  return report.install
    .map(({ metadata }) => ({ name: metadata.name, version: metadata.version }))
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
}
