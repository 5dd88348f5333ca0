import type { SystemName } from "../model/target.ts";
import { redactText } from "../net/redact.ts";
import type { Paint } from "../report/paint.ts";
import type { ColourChoice } from "./terminal-style.ts";
import { isColourWanted, paintFor } from "./terminal-style.ts";

/** A stream that the shell writes to. */
export interface OutputStream {
  readonly isTerminal: boolean;
  /** Columns of the terminal; 80 where unknown. */
  readonly columns: number;
  write(text: string): void;
}

/** What a program may use of the world around it; `main.ts` gives the real one. */
export interface Host {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly homeDirectory: string;
  /** The nixpkgs system of the machine. */
  readonly system: SystemName;
  /** Milliseconds since 1970. */
  now(): number;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
}

/** How talkative the shell is. */
export interface ShellSettings {
  readonly verbosity: "quiet" | "normal" | "verbose";
  readonly colour: ColourChoice;
  readonly showsProgress: boolean;
}

/** Everything that Enki says: data to stdout, talk to stderr, one progress line on a terminal only. */
export class Shell {
  readonly #host: Host;
  readonly #settings: ShellSettings;
  #paint: Paint | undefined;
  #dataPaint: Paint | undefined;
  #progressLength = 0;
  #progressAt = Number.NEGATIVE_INFINITY;

  constructor(host: Host, settings: ShellSettings) {
    this.#host = host;
    this.#settings = settings;
  }

  /** The colours of what is said. */
  get paint(): Paint {
    return (this.#paint ??= this.#paintFor(this.#host.stderr));
  }

  /** The colours of data. */
  get dataPaint(): Paint {
    return (this.#dataPaint ??= this.#paintFor(this.#host.stdout));
  }

  get isVerbose(): boolean {
    return this.#settings.verbosity === "verbose";
  }

  /** Data: what was asked for. A line end is added when there is none. */
  data(text: string): void {
    this.clearProgress();
    if (text !== "") this.#host.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  }

  /** What happened, unless the user wants quiet. */
  talk(text: string): void {
    if (this.#settings.verbosity !== "quiet") this.#toStderr(text);
  }

  /** Details that only `--verbose` shows. */
  detail(text: string): void {
    if (this.isVerbose) this.#toStderr(this.paint("dim", text));
  }

  /** What the user must see even when quiet: why there is no answer. */
  complain(text: string): void {
    this.#toStderr(text);
  }

  /** Replaces the progress line; a function is asked for it only where it is shown. Shown on a terminal only, and at most every 80 ms. */
  progress(text: string | (() => string)): void {
    const { stderr } = this.#host;
    const isShown = this.#settings.showsProgress && this.#settings.verbosity !== "quiet" && stderr.isTerminal;
    if (!isShown || this.#host.environment["TERM"] === "dumb") return;
    const now = this.#host.now();
    if (now - this.#progressAt < 80) return;
    this.#progressAt = now;
    const line = (typeof text === "string" ? text : text()).slice(0, Math.max(10, stderr.columns - 1));
    stderr.write(`\r${this.paint("dim", line)}${" ".repeat(Math.max(0, this.#progressLength - line.length))}`);
    this.#progressLength = line.length;
  }

  /** Takes the progress line away. */
  clearProgress(): void {
    if (this.#progressLength === 0) return;
    this.#host.stderr.write(`\r${" ".repeat(this.#progressLength)}\r`);
    this.#progressLength = 0;
  }

  #paintFor({ isTerminal }: OutputStream): Paint {
    return paintFor(isColourWanted(this.#settings.colour, isTerminal, this.#host.environment));
  }

  /** Messages quote manifests and registries: credentials in a URL are masked here, whoever let them through. */
  #toStderr(text: string): void {
    this.clearProgress();
    const shown = redactText(text);
    this.#host.stderr.write(shown.endsWith("\n") ? shown : `${shown}\n`);
  }
}

/** A shell for work on the side, which says nothing. */
export function silentShell(host: Host): Shell {
  const nowhere: OutputStream = { isTerminal: false, columns: 80, write: () => undefined };
  const quiet = { verbosity: "quiet", colour: "never", showsProgress: false } as const;
  return new Shell({ ...host, stdout: nowhere, stderr: nowhere }, quiet);
}
