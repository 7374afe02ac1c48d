// Questions to the server, and what becomes of them: asked again until there is an answer or a refusal.
import { signal } from "../signal.js";
import { unframed } from "./arrays.js";
import { message } from "./protocol.js";

const SLOW = 1000; // ms without an answer before the page says so
const LOST = 10000; // ms after which a request is taken for lost
const LONGEST = 1000; // ms between two tries at most

export const health = signal(); // "" all is well, "away", "full", "old" page, "refused"

let failures = 0;

// { answer }, or { refused }; neither if a newer question took its place, which `superseded` says after a failure
export const ask = (kind, fields, superseded) => asked("channel", kind, { tab: "explore", ...fields }, superseded);

// the same of what is heavy, which waits behind all that is not
export const ask_heavy = (kind, fields, superseded) => asked("channel/tile", kind, fields, superseded);

async function asked(route, kind, fields, superseded = () => false) {
  const body = JSON.stringify(message(kind, fields));
  for (;;) {
    const response = await one_try(route, body);
    if (response && !response.full) return response.ok ? { answer: response.answer } : { refused: true };
    failures += 1;
    health.tell(response?.full ? "full" : "away");
    await pause();
    if (superseded()) return {};
  }
}

// what came back, or null where asking again may help
async function one_try(route, body) {
  const slow = setTimeout(() => health.tell("away"), SLOW);
  const response = await posted(route, body).catch(() => null);
  clearTimeout(slow);
  if (response?.full) return response;
  if (!response || response.status >= 500 || response.status === 429) return null;
  failures = 0;
  health.tell(response.status === 409 ? "old" : response.ok ? "" : "refused");
  return response;
}

async function posted(route, body) {
  const headers = { "Content-Type": "application/json" };
  const signal = AbortSignal.timeout(LOST);
  const response = await fetch(route, { method: "POST", body, headers, signal });
  const { ok, status } = response;
  const full = status === 503 && response.headers.has("Retry-After");
  return { ok, status, full, answer: ok ? unframed(await response.arrayBuffer()) : null };
}

// longer after each failure, and not in step with other pages
function pause() {
  const wait = Math.min(LONGEST, 150 * 2 ** failures) * (0.8 + 0.4 * Math.random());
  return new Promise((done) => setTimeout(done, wait));
}
