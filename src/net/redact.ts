/** Query parameters that carry credentials in signed or private URLs. */
const secretParameter =
  /^(?:access_?token|api_?key|auth(?:_?token)?|credential|key|passwd|password|private_?token|secret|sig|signature|token|x-amz-(?:credential|security-token|signature)|x-goog-(?:credential|signature))$/iu;

const mask = "***";

/**
 * A URL that can be shown: no user name, no password, no token in its query. A text that is no URL loses everything
 * up to its last `@`, because a password may hold one. The user `git`, without a password, is a convention and no secret.
 */
export function redactUrl(text: string): string {
  // `user:secret@host` is a URL too, with a scheme called `user`.
  const url = /^[a-z][a-z0-9+.-]*:\/\//iu.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/isu, `$1${mask}@`);
  let shown = text;
  // The host may not hold an `@`, the user information may.
  if (hasCredentials(url)) {
    const start = text.indexOf("//") + 2;
    const slash = text.slice(start).search(/[/?#\\]/u);
    const authority = slash === -1 ? text.slice(start) : text.slice(start, start + slash);
    const rest = text.slice(start + authority.length);
    shown = `${text.slice(0, start)}${mask}@${authority.slice(authority.lastIndexOf("@") + 1)}${rest}`;
  }
  return shown.replace(/([?&;])([^=&;#?]+)=([^&;#]+)/gu, (whole, separator: string, name: string) =>
    secretParameter.test(name) ? `${separator}${name}=${mask}` : whole,
  );
}

function hasCredentials({ username, password }: URL): boolean {
  const isGitUser = username === "git" && password === "";
  const isCovered = /^\**$/u.test(username + password);
  return !isGitUser && !isCovered;
}

const urlInText = /[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>]+/giu;

/** A line of a file in which credentials in URLs are covered letter by letter, so that columns stay where they are. */
export function coverCredentials(line: string): string {
  return line.replace(urlInText, (text) => {
    const end = text.slice(text.indexOf("//") + 2).search(/[/?#\\]|$/u) + text.indexOf("//") + 2;
    const at = text.lastIndexOf("@", end);
    const start = text.indexOf("//") + 2;
    if (at < start || !URL.canParse(text) || !hasCredentials(new URL(text))) return text;
    return text.slice(0, start) + "*".repeat(at - start) + text.slice(at);
  });
}

/** The same URL without user name and password, for outputs that say where something came from. */
export function withoutCredentials(text: string): string {
  if (!URL.canParse(text)) return redactUrl(text);
  const url = new URL(text);
  if (url.username === "" && url.password === "") return text;
  url.username = "";
  url.password = "";
  return url.href;
}

/** A text that can be shown: every URL in it redacted, and every one of the given secrets replaced. */
export function redactText(text: string, secrets: Iterable<string> = []): string {
  let shown = text.replace(urlInText, (url) => redactUrl(url));
  for (const secret of secrets) if (secret.length >= 4) shown = shown.replaceAll(secret, mask);
  return shown;
}

/** What must never be shown of an Authorization header: the whole value, its token, and both parts of Basic. */
export function secretsOfAuthorization(value: string): readonly string[] {
  const token = value.slice(value.indexOf(" ") + 1).trim();
  const decoded = /^basic /iu.test(value) ? Buffer.from(token, "base64").toString("utf8") : "";
  const password = decoded.slice(decoded.indexOf(":") + 1);
  return [value, token, decoded, password].filter((secret) => secret.length >= 4);
}
