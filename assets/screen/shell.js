// What stands around the tabs: messages, the theme, the presentation, the menu of exports.
import { health } from "../wire/channel.js";
import { gate } from "../wire/gate.js";
import { copy } from "./clipboard.js";
import { awaited } from "./downloads.js";
import { presents } from "./keys.js";
import { theme } from "./theme.js";

const MESSAGES = {
  "": "",
  away: "Connection lost. Your settings are kept; trying again …",
  full: "The server is busy. Your settings are kept; trying again …",
  old: "The app was updated. Reload the page: your settings are in its address.",
  refused: "The server did not accept this change; the page shows the last state it knew.",
  busy: "The server is busy. Your file comes as soon as it can; trying again …",
  failed: "The server could not make this file.",
};
const NO_SCREEN = "The browser does not give this page the whole screen: the presentation fills its window.";
const root = document.documentElement;
const said = { health: "", file: "" };
let why = ""; // a file cannot be made

// --- messages --------------------------------------------------------------------------------------------------------

// what concerns the page before what concerns a file
function say(about, what) {
  said[about] = what;
  const banner = document.getElementById("banner");
  const now = said.health || said.file;
  const words = now === "failed" && why ? `${MESSAGES.failed.slice(0, -1)}: ${why}.` : MESSAGES[now];
  if (!banner || banner.textContent === words) return;
  banner.dataset.what = now;
  banner.textContent = words;
  banner.hidden = !now;
}
health.listen((what) => say("health", what));
awaited.listen((what, reason = "") => {
  why = reason;
  say("file", what);
});
addEventListener("offline", () => say("health", "away"));
addEventListener("online", () => gate.refresh());

export function notify(notices) {
  if (!notices.length) return;
  const area = document.getElementById("notices");
  const close = Object.assign(document.createElement("button"), { textContent: "×", className: "plain" });
  close.setAttribute("aria-label", "Close");
  close.addEventListener("click", () => area.replaceChildren());
  const list = document.createElement("ul");
  list.append(...notices.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  area.replaceChildren(list, close);
}

// --- the theme and the presentation ----------------------------------------------------------------------------------

function switch_theme() {
  theme.follow(theme.mode() === "dark" ? "light" : "dark");
  gate.edit("choice", "view.theme", theme.mode());
}

export function follow_presentation({ present, embed }) {
  root.classList.toggle("present", present);
  root.classList.toggle("embed", embed);
}

// the whole screen where the browser allows it, else the whole window; leaving that leaves the presentation too
function present(on) {
  if (on) fill_the_screen().catch(() => notify([NO_SCREEN]));
  else if (document.fullscreenElement) document.exitFullscreen();
  gate.edit("choice", "view.present", on ? "on" : "off");
}

// a phone, or a page that frames this one, may not have or allow it
async function fill_the_screen() {
  await root.requestFullscreen();
}

document.addEventListener("fullscreenchange", () => {
  if (!document.fullscreenElement && presents()) present(false);
});

// --- the menu -------------------------------------------------------------------------------------------------------

const open_menu = () => document.querySelector(".export[open]");

function close_menu_by_key() {
  const menu = open_menu();
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
}

const copy_link = () => copy(location.href, document.getElementById("copy-link"), "Copy link");

// --- clicks and keys -------------------------------------------------------------------------------------------------

const CLICKS = {
  "#theme": switch_theme,
  "#present": () => present(!presents()),
  "#copy-link": copy_link,
};

document.addEventListener("click", (event) => {
  const { target } = event;
  if (target.closest("[aria-disabled=true]")) event.preventDefault(); // a menu stays closed
  else for (const [selector, act] of Object.entries(CLICKS)) if (target.closest(selector)) act();
  const menu = open_menu();
  if (menu && !menu.contains(target)) menu.open = false;
});

document.addEventListener("dblclick", ({ target }) => {
  const row = target.closest("[data-double]");
  if (row && target.closest("input[type=range]")) gate.edit("action", row.dataset.double, 1);
});

document.addEventListener("keydown", ({ key, defaultPrevented }) => {
  if (key !== "Escape" || defaultPrevented) return;
  if (presents()) present(false);
  close_menu_by_key();
});
