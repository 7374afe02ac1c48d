// Questions to the server, and what becomes of them: asked again until there is an answer or a refusal.
import { signal } from "../signal.js";
import { unframed } from "./arrays.js";
import { message } from "./protocol.js";

const SLOW = 1000; // ms without an answer before the page says so
const LOST = 10000; // ms after which a request is taken for lost
const AGAIN = 800; // ms without an answer after which it is sent again on another connection: one process may hang,
const LATER = 2; // and times longer before each further try: all may be busy
const TRIES = 4; // of the same at once
const RATE = 64; // bytes of a file that leave in a ms at least
const LONGEST = 1000; // ms between two tries at most

export const health = signal(); // "" all is well, "away", "full", "old" page, "refused"

const MESSAGE = {
  type: "application/json",
  told: async (response) => unframed(await response.arrayBuffer()),
};
const WITH_FILE = { ...MESSAGE, type: "application/octet-stream" }; // a message in one line, and the file that it needs
const LIGHT = { ...MESSAGE, again: true };
const URGENT = { ...LIGHT, headers: { Priority: "u=1" } }; // of RFC 9218: a hand waits for it
// what is wrong with a file is its own, and no trouble between page and server
const FILE = { type: "text/csv", told: (response) => response.json(), explained: true };

const failures = {}; // by route: how often it has not answered since it did
const troubles = {};

// what concerns light questions before what concerns heavy ones
function tell(route, what) {
  troubles[route] = what;
  health.tell(troubles.channel || Object.values(troubles).find(Boolean) || "");
}

// { answer }, or { refused }; neither if a newer question took its place, which `superseded` says after a failure
export function ask(kind, fields, superseded) {
  const how = fields.edits?.length ? URGENT : LIGHT;
  return asked("channel", written(kind, { tab: "explore", ...fields }), how, superseded);
}

// The same of what is heavy, which waits behind all that is not; with the bytes of a file that it needs, for any of
// several servers may answer, and who has not answered without it is perhaps not asked again.
export function ask_heavy(kind, fields, superseded, file = null) {
  const told = written(kind, fields);
  const body = file ? new Blob([told, "\n", file]) : told;
  return asked("channel/tile", body, file ? WITH_FILE : MESSAGE, superseded);
}

// a file's bytes as they are; where it is refused, `refused` says why
export const send_file = (bytes, superseded) => asked("data", bytes, FILE, superseded);

const written = (kind, fields) => JSON.stringify(message(kind, fields));

async function asked(route, body, how, superseded = () => false) {
  for (;;) {
    const response = await one_try(route, body, how);
    if (response && !response.full) return response.ok ? { answer: response.answer } : { refused: response.why };
    failures[route] = (failures[route] ?? 0) + 1;
    tell(route, response?.full ? "full" : "away");
    await pause(failures[route]);
    if (superseded()) return {};
  }
}

// what came back, or null where asking again may help
async function one_try(route, body, how) {
  const under_way = (body.size ?? body.length) / RATE;
  const slow = setTimeout(() => tell(route, "away"), SLOW + under_way);
  const end = new AbortController();
  const lost = setTimeout(() => end.abort(), LOST + under_way);
  const once = () => posted(route, body, how, end.signal);
  const response = await first_of(once, how.again ? TRIES : 1).catch(() => null);
  end.abort();
  clearTimeout(lost);
  clearTimeout(slow);
  if (response?.full) return response;
  if (!response || response.status >= 500 || response.status === 429) return null;
  failures[route] = 0;
  tell(route, response.status === 409 ? "old" : response.ok || how.explained ? "" : "refused");
  return response;
}

// what the first of some equal tries brings, of which another one begins as long as none does; fails when all have
function first_of(once, most) {
  return new Promise((done, failed) => {
    let [begun, left, next] = [0, 0, 0];
    const begin = () => {
      begun += 1;
      left += 1;
      if (begun < most) next = setTimeout(begin, AGAIN * LATER ** (begun - 1));
      const over = (end) => (result) => clearTimeout(next) ?? end(result);
      once().then(over(done), (why) => (left -= 1) || over(failed)(why));
    };
    begin();
  });
}

async function posted(route, body, { type, headers: how, told, explained }, signal) {
  const headers = { "Content-Type": type, ...how };
  const response = await fetch(route, { method: "POST", body, headers, signal });
  const { ok, status } = response;
  const full = status === 503 && response.headers.has("Retry-After");
  const why = !ok && explained && status < 500 ? (await response.json()).error : true;
  return { ok, status, full, why, answer: ok ? await told(response) : null };
}

// longer after each failure, and not in step with other pages
function pause(times) {
  const wait = Math.min(LONGEST, 150 * 2 ** times) * (0.8 + 0.4 * Math.random());
  return new Promise((done) => setTimeout(done, wait));
}
