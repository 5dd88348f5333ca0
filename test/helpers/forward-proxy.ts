import type { IncomingMessage } from "node:http";
import { createServer, request as sendRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { onTestFinished } from "vitest";

/** A forward proxy that notes what it is asked for; with `credentials` it answers 407 to whoever has none. */
export async function startProxy(
  credentials?: string,
): Promise<{ readonly asked: readonly string[]; readonly host: string }> {
  const asked: string[] = [];
  const isAllowed = (request: IncomingMessage) =>
    credentials === undefined ||
    request.headers["proxy-authorization"] === `Basic ${Buffer.from(credentials).toString("base64")}`;
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (!isAllowed(request)) return void response.writeHead(407).end();
    const { "proxy-authorization": _, ...headers } = request.headers;
    const upstream = sendRequest(request.url ?? "", { headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    upstream.end();
  });
  server.on("connect", (request: IncomingMessage, socket: import("node:stream").Duplex) => {
    asked.push(`CONNECT ${request.url}`);
    const [host, port] = (request.url ?? "").split(":");
    const upstream = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("error", () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}
