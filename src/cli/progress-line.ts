import type { HttpProgress } from "../net/progress.ts";
import type { ResolveProgress } from "../resolve/request.ts";
import { neutralise } from "../model/neutralise.ts";
import type { Shell } from "./shell.ts";

/** The line that says how far a resolution is: counts, and what it has been waiting for longest. */
export class ResolveProgressLine {
  readonly #shell: Shell;
  #http: HttpProgress | undefined;
  #resolve: ResolveProgress | undefined;

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  onHttp(progress: HttpProgress): void {
    this.#http = progress;
    this.#draw();
  }

  onResolve(progress: ResolveProgress): void {
    this.#resolve = progress;
    this.#draw();
  }

  /** What the network did, for the curious; empty when nothing was asked of it or of the cache. */
  summary(): string {
    if (this.#http === undefined) return "";
    const { asked, cached, receivedBytes, retries } = this.#http;
    const repeated = retries === 0 ? "" : `, ${String(retries)} repeated`;
    return `network: ${String(asked)} documents asked for${repeated}, ${String(cached)} from the cache, ${(receivedBytes / 1024).toFixed(0)} KiB received`;
  }

  #draw(): void {
    // There are thousands of steps, and a line of them is shown now and then.
    this.#shell.progress(() => this.#text());
  }

  #text(): string {
    const parts = [
      `${this.#resolve?.phase ?? "starting"}${this.#resolve === undefined ? "" : ` for ${this.#resolve.system}`}`,
    ];
    if (this.#http !== undefined) {
      const { answered, asked, cached, slowest } = this.#http;
      parts.push(`${String(answered)}/${String(asked)} documents, ${String(cached)} cached`);
      if (slowest !== undefined && slowest.waitingMs >= 1000) {
        parts.push(`waiting ${(slowest.waitingMs / 1000).toFixed(0)} s for ${neutralise(slowest.what)}`);
      }
    }
    return parts.join("; ");
  }
}
