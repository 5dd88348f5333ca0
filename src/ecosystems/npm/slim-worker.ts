import { parentPort, receiveMessageOnPort } from "node:worker_threads";
import { slimPackumentBytes } from "./slim-packument.ts";
import type { SlimAnswer, SlimRequest } from "./slim-thread.ts";

/** What is done goes back when so much time has passed since the last of it went, in milliseconds. */
const sendingMs = 2;

// The thread that makes slim forms of packuments, the smallest first: what many small ones depend on is known, and asked
// for, while a large one is read.
const port = parentPort;
port?.on("message", (requests: readonly SlimRequest[]) => {
  const waiting = [...requests];
  let answers: SlimAnswer[] = [];
  let sentMs = performance.now();
  while (waiting.length > 0) {
    for (let more = receiveMessageOnPort(port); more !== undefined; more = receiveMessageOnPort(port)) {
      waiting.push(...(more.message as readonly SlimRequest[]));
    }
    answers.push(answerTo(takeSmallest(waiting)));
    const nowMs = performance.now();
    if (nowMs - sentMs < sendingMs && waiting.length > 0) continue;
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

function takeSmallest(requests: SlimRequest[]): SlimRequest {
  let smallest = 0;
  for (const [index, { body }] of requests.entries()) {
    if (body.length < (requests[smallest]?.body.length ?? 0)) smallest = index;
  }
  const [taken] = requests.splice(smallest, 1);
  if (taken === undefined) throw new RangeError("nothing waits");
  return taken;
}

function answerTo({ number, name, body }: SlimRequest): SlimAnswer {
  try {
    return { number, isSlim: true, bytes: slimPackumentBytes(name, body) };
  } catch {
    // Whoever asked finds the same fault again, and says it in the right place.
    return { number, isSlim: false, bytes: body };
  }
}
