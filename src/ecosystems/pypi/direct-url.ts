/** The URLs of direct references (PEP 508, PEP 440 "Direct references"). */
import { fileURLToPath } from "node:url";
import type { DirectSource } from "./manifest/pypi-document.ts";

/** What the URL of a requirement means. */
export function directSourceOf(url: string): DirectSource {
  if (url.startsWith("git+")) {
    const [address = "", fragment = ""] = url.slice("git+".length).split("#");
    // A reference may hold slashes (`@feat/x`); the `@` of a user comes before the host's first slash.
    const path = address.indexOf("/", address.indexOf("://") + 3);
    const at = path === -1 ? -1 : address.indexOf("@", path);
    const subdirectory = /(?:^|&)subdirectory=([^&]+)/.exec(fragment)?.[1];
    return {
      kind: "git",
      url: at === -1 ? address : address.slice(0, at),
      reference: at === -1 ? undefined : address.slice(at + 1),
      ...(subdirectory === undefined ? {} : { subdirectory: decodeURIComponent(subdirectory) }),
    };
  }
  if (/^file:/i.test(url)) {
    // Relative ones (`file:../lib`) are no URLs by the letter, but pip and uv take them.
    const path = /^file:\/\//i.test(url) ? fileURLToPath(url.split("#")[0] ?? url) : url.slice("file:".length);
    return { kind: "path", path, isEditable: false };
  }
  return /^https?:/i.test(url) ? { kind: "url", url } : { kind: "path", path: url, isEditable: false };
}
