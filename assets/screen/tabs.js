// The tabs: one is shown, as the newest reply says, and what it needs is fetched when it is opened for the first time.
import { gate } from "../wire/gate.js";
import { show_tab, tab_shown } from "./place.js";
import { until } from "./scripts.js";

const FIRST = "explore"; // it is there with the page
const loads = {}; // tab -> how its module is fetched
const ready = new Set([FIRST]);
const followers = {}; // tab -> what goes on in it

export const offer_tabs = (offered) => Object.assign(loads, offered);

// `follow(reply)` for each reply while this tab is shown, and when it is opened
export function while_open(name, follow) {
  followers[name] = follow;
  gate.replied.listen((reply) => name === tab_shown() && follow(reply));
}

// a lesson lies over a tab, while another one is the current one
const named_by = ({ lesson, shown }) => lesson?.tab ?? shown.choice["view.tab"];
const wanted_by = (reply) => (loads[named_by(reply)] ? named_by(reply) : FIRST);

// first of all that follows a reply, for the rest draws in the tab that is shown
export function follow_tab(reply) {
  const name = wanted_by(reply);
  if (ready.has(name)) show_tab(name);
  else fetch_tab(name);
  make_room(Boolean(reply.lesson));
  if (reply.lesson && !over.begun) fetch_over();
}

// what lies over another tab comes as if it were opened itself
const OVER = "learn";

// it has its room from the first picture on
function make_room(on) {
  document.documentElement.classList.toggle("lesson", on);
  document.getElementById("lesson").hidden = !on;
}

const over = { begun: false };
async function fetch_over() {
  over.begun = true;
  await fetched(OVER);
  over.follow(gate.last);
}

// `follow(reply)` for each reply, whichever tab is shown
export function while_over(follow) {
  over.follow = follow;
  gate.replied.listen(follow);
}

const fetched = (name) => until(() => Promise.all([loads[name](), styled(name)]).then(() => true).catch(() => false));

// its look and its module, asked for until they come; then it is opened, if it is still wanted
async function fetch_tab(name) {
  await fetched(name);
  ready.add(name);
  if (wanted_by(gate.last) !== name) return;
  show_tab(name);
  followers[name](gate.last);
}

// the stylesheet of a tab, which the page has already where it opened in it
function styled(name) {
  const home = document.querySelector("script[type=module]").src.replace(/[^/]*$/, "");
  const href = `${home}css/${name}.css`;
  if ([...document.styleSheets].some((sheet) => sheet.href === href)) return true;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  document.head.append(link);
  return new Promise((done, failed) => {
    link.addEventListener("load", () => done(true));
    link.addEventListener("error", () => link.remove() || failed());
  });
}
