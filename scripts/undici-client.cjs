// What the bundled command has of undici: undici's own index also loads fetch, mocks, caches and WebSockets, which takes
// longer than everything else that Enki loads. The library imports undici as a whole.
const Agent = require("undici/lib/dispatcher/agent.js");
const Dispatcher = require("undici/lib/dispatcher/dispatcher.js");
const ProxyAgent = require("undici/lib/dispatcher/proxy-agent.js");

// The index gives dispatchers their methods; tunnels through proxies need this one.
Dispatcher.prototype.connect = require("undici/lib/api/api-connect.js");

module.exports = { Agent, ProxyAgent };
