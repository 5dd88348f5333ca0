import { parentPort } from "node:worker_threads";
import { slimPackumentBytes } from "./slim-packument.ts";
import type { SlimAnswer, SlimRequest } from "./slim-thread.ts";

/** What is done goes back when so much time has passed since the last of it went, in milliseconds. */
const sendingMs = 2;

// The thread that makes slim forms of packuments, one after the other.
const port = parentPort;
port?.on("message", (requests: readonly SlimRequest[]) => {
  let answers: SlimAnswer[] = [];
  let sentMs = performance.now();
  for (const request of requests) {
    answers.push(answerTo(request));
    const nowMs = performance.now();
    if (nowMs - sentMs < sendingMs && request !== requests.at(-1)) continue;
    // A thread has no origin to name.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    port.postMessage(
      answers,
      answers.map(({ bytes }) => bytes.buffer as ArrayBuffer),
    );
    answers = [];
    sentMs = nowMs;
  }
});

function answerTo({ number, name, body }: SlimRequest): SlimAnswer {
  try {
    return { number, isSlim: true, bytes: slimPackumentBytes(name, body) };
  } catch {
    // Whoever asked finds the same fault again, and says it in the right place.
    return { number, isSlim: false, bytes: body };
  }
}
