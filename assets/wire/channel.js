// Questions to the server, and what becomes of them: asked again until there is an answer or a refusal.
import { signal } from "../signal.js";
import { unframed } from "./arrays.js";
import { message } from "./protocol.js";

const SLOW = 1000; // ms without an answer before the page says so
const LOST = 10000; // ms after which a request is taken for lost
const LONGEST = 1000; // ms between two tries at most

export const health = signal(); // "" all is well, "away", "old" page, "refused"

let failures = 0;

// { answer }, or { refused }; neither if a newer question took its place, which `superseded` says after a failure
export async function ask(kind, fields, superseded = () => false) {
  const body = JSON.stringify(message(kind, { ...fields, tab: "explore" }));
  for (;;) {
    const response = await one_try(body);
    if (response) return response.ok ? { answer: response.answer } : { refused: true };
    failures += 1;
    health.tell("away");
    await pause();
    if (superseded()) return {};
  }
}

// what came back, or null where asking again may help
async function one_try(body) {
  const slow = setTimeout(() => health.tell("away"), SLOW);
  const response = await posted(body).catch(() => null);
  clearTimeout(slow);
  if (!response || response.status >= 500 || response.status === 429) return null;
  failures = 0;
  health.tell(response.status === 409 ? "old" : response.ok ? "" : "refused");
  return response;
}

async function posted(body) {
  const headers = { "Content-Type": "application/json" };
  const signal = AbortSignal.timeout(LOST);
  const response = await fetch("channel", { method: "POST", body, headers, signal });
  const { ok, status } = response;
  return { ok, status, answer: ok ? unframed(await response.arrayBuffer()) : null };
}

// longer after each failure, and not in step with other pages
function pause() {
  const wait = Math.min(LONGEST, 150 * 2 ** failures) * (0.8 + 0.4 * Math.random());
  return new Promise((done) => setTimeout(done, wait));
}
