// What the bundled command has of undici: undici's own index also loads fetch, mocks, caches and WebSockets, which takes
// longer than everything else that Enki loads. The library imports undici as a whole.
const Agent = require("undici/lib/dispatcher/agent.js");
const ProxyAgent = require("undici/lib/dispatcher/proxy-agent.js");

module.exports = { Agent, ProxyAgent };
