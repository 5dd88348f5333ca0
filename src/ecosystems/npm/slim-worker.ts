import { parentPort } from "node:worker_threads";
import { slimPackumentBytes } from "./slim-packument.ts";
import type { SlimAnswer, SlimRequest } from "./slim-thread.ts";

// The thread that makes slim forms of packuments, one after the other.
const port = parentPort;
port?.on("message", ({ number, name, body }: SlimRequest) => {
  let result: Uint8Array;
  let isSlim = true;
  try {
    result = slimPackumentBytes(name, body);
  } catch {
    // Whoever asked finds the same fault again, and says it in the right place.
    result = body;
    isSlim = false;
  }
  const answer: SlimAnswer = { number, isSlim, bytes: result };
  // A thread has no origin to name.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  port.postMessage(answer, [result.buffer as ArrayBuffer]);
});
