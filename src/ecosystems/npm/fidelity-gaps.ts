/** What the resolution says when peers were ignored on request; the check then does not judge them either. */
export const peersIgnored = "peer dependencies were ignored (peers = legacy)";
