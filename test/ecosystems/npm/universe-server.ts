import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

import { writeTar } from "../../helpers/tar-writer.ts";
import { syntheticPackument, type SyntheticPackage, type SyntheticRegistry } from "./npm-project.ts";

type Json = Readonly<Record<string, unknown>>;

interface Packument {
  readonly versions: Record<string, Record<string, unknown>>;
}

/** A registry on 127.0.0.1 with many small registries, each below a path of its own, so that nothing caches one for another. */
export class UniverseServer {
  readonly #server: Server;
  readonly #answers = new Map<string, string | Buffer>();
  readonly #packuments = new Map<string, Packument>();

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request, response) => {
      const path = decodeURIComponent(request.url?.split("?")[0] ?? "");
      const answer = this.#answers.get(path);
      const headers = { "content-type": path.endsWith(".tgz") ? "application/octet-stream" : "application/json" };
      response.writeHead(answer === undefined ? 404 : 200, headers).end(answer ?? "{}");
    });
  }

  static async start(): Promise<UniverseServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    server.unref();
    return new UniverseServer(server);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Publishes a registry; gives the address at which it lies. */
  publish(id: string, registry: SyntheticRegistry): string {
    const base = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${id}`;
    for (const [name, package_] of Object.entries(registry)) {
      const packument = this.#packument(`/${id}`, name, package_, base);
      this.#packuments.set(`${base} ${name}`, packument);
      this.#answers.set(`/${id}/${name}`, JSON.stringify(packument));
    }
    return base;
  }

  /** A version as the registry at `base` has it. */
  manifest(base: string, name: string, version: string): Json | undefined {
    return this.#packuments.get(`${base} ${name}`)?.versions[version];
  }

  #packument(path: string, name: string, package_: SyntheticPackage, base: string): Packument {
    const packument = syntheticPackument(name, package_, base) as Packument;
    for (const manifest of Object.values(packument.versions)) {
      const { bundled, dist, ...published } = manifest;
      if (bundled === undefined) continue;
      const members = Object.entries({ "": published, ...(bundled as object) }).map(([folder, content]) => ({
        path: `package/${folder === "" ? "" : `node_modules/${folder}/`}package.json`,
        body: JSON.stringify(content),
      }));
      const tarball = gzipSync(writeTar(members));
      const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
      const address = (dist as Json)["tarball"] as string;
      packument.versions[String(manifest["version"])] = { ...published, dist: { tarball: address, integrity } };
      this.#answers.set(path + address.slice(base.length), tarball);
    }
    return packument;
  }
}
