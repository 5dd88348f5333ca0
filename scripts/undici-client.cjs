// What the bundled command has of undici: undici's own index also loads fetch, mocks, caches and WebSockets, which takes
// longer than everything else that Enki loads. The library imports undici as a whole.
const Agent = require("undici/lib/dispatcher/agent.js");
const ProxyAgent = require("undici/lib/dispatcher/proxy-agent.js");
const sendThrough = require("undici/lib/api/api-request.js");

/** undici's `request` as far as src/net/transport.ts uses it: a URL, and the dispatcher among the options. */
function request(url, { dispatcher, ...options }) {
  return sendThrough.call(dispatcher, { ...options, origin: url.origin, path: url.pathname + url.search });
}

module.exports = { Agent, ProxyAgent, request };
