import { constants, homedir } from "node:os";
import type { WriteStream } from "node:tty";
import { hostSystem } from "./host-system.ts";
import { runCli } from "./program.ts";
import type { OutputStream } from "./shell.ts";

const interruption = new AbortController();

/**
 * A stream that is opened with its first use: few commands write to both, and each takes as long to open as a small command
 * to run. A reader that went away (`enki tree | head`) is no error: what is left to say is not wanted.
 */
function outputStream(name: "stdout" | "stderr"): OutputStream {
  let isOpen = true;
  let opened: WriteStream | undefined;
  const stream = (): WriteStream => {
    if (opened !== undefined) return opened;
    opened = process[name];
    opened.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      isOpen = false;
    });
    return opened;
  };
  return {
    get isTerminal() {
      return stream().isTTY;
    },
    get columns() {
      return stream().isTTY ? stream().columns : 80;
    },
    write(text) {
      if (isOpen) stream().write(text);
    },
  };
}

/** The first signal lets the command clean up; the second ends it at once. */
function endOn(signal: "SIGINT" | "SIGTERM"): void {
  process.on(signal, () => {
    const status = 128 + constants.signals[signal];
    if (interruption.signal.aborted) process.exit(status);
    process.exitCode = status;
    interruption.abort();
  });
}

endOn("SIGINT");
endOn("SIGTERM");

// Not awaited at the top: the bundled form of this module is a script.
void runCli(process.argv.slice(2), {
  stdout: outputStream("stdout"),
  stderr: outputStream("stderr"),
  environment: process.env,
  directory: process.cwd(),
  homeDirectory: homedir(),
  system: hostSystem(process.platform, process.arch),
  now: () => Date.now(),
  signal: interruption.signal,
}).then((status) => {
  // A signal has set its own status; cutting the process off would lose output that is still on its way to a pipe.
  process.exitCode ??= status;
});
