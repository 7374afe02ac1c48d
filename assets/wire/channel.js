// Questions to the server, and what becomes of them: asked again until there is an answer or a refusal. They travel as
// Dash's own requests; Dash alone would say nothing when the server is away, and forget what was asked.
import { signal } from "../signal.js";

const SLOW = 1000; // ms without an answer before the page says so
const LOST = 10000; // ms after which a request is taken for lost
const LONGEST = 1000; // ms between two tries at most
const ANSWERS = { request: "reply", probe: "reading", asked: "told" }; // the store of a question -> of its answer

export const health = signal(); // "" all is well, "away", "old" page, "refused"

const plain_fetch = window.fetch;
const pending = {}; // name of a question -> { resolve, superseded }
let failures = 0;

export function set_props(id, props) {
  window.dash_clientside.set_props(id, props);
}

// { answer }, or { refused }; neither if a newer question took its place, which `superseded` says after a failure
export function ask(name, data, superseded = () => false) {
  return new Promise((resolve) => {
    pending[name] = { resolve, superseded };
    set_props(name, { data });
  });
}

window.fetch = (url, options) =>
  String(url).includes("_dash-update-component") ? persistent(url, options) : plain_fetch(url, options);

async function persistent(url, options) {
  const name = JSON.parse(options.body).changedPropIds?.[0]?.split(".")[0];
  const question = pending[name];
  for (;;) {
    const response = await one_try(url, options);
    if (response) return question ? hand_over(response, name, question) : response;
    failures += 1;
    health.tell("away");
    await pause();
    if (question?.superseded()) return dropped(question, {});
  }
}

// the response, or null where asking again may help
async function one_try(url, options) {
  const slow = setTimeout(() => health.tell("away"), SLOW);
  const response = await whole(url, { ...options, signal: AbortSignal.timeout(LOST) }).catch(() => null);
  clearTimeout(slow);
  if (!response || response.status >= 500 || response.status === 429) return null;
  failures = 0;
  health.tell(response.status === 409 ? "old" : response.ok ? "" : "refused");
  return response;
}

// a response whose body has arrived, for that can fail as well
async function whole(url, options) {
  const response = await plain_fetch(url, options);
  const body = await response.arrayBuffer();
  return new Response(body.byteLength ? body : null, response);
}

// longer after each failure, and not in step with other pages
function pause() {
  const wait = Math.min(LONGEST, 150 * 2 ** failures) * (0.8 + 0.4 * Math.random());
  return new Promise((done) => setTimeout(done, wait));
}

// the answer goes straight to who asked; Dash is handed what is left
async function hand_over(response, name, question) {
  if (!response.ok) return dropped(question, { refused: true });
  const body = await response.json();
  const { [ANSWERS[name]]: given, ...rest } = body.response;
  question.resolve({ answer: given.data });
  const headers = { "Content-Type": "application/json" };
  return new Response(JSON.stringify({ ...body, response: rest }), { headers });
}

function dropped(question, outcome) {
  question.resolve(outcome);
  return new Response(null, { status: 204 });
}
