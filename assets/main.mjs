// The page: what a reply brings goes to each part. The first one is painted at once, and all else comes after it.
import { address } from "./page/address.js";
import { hide_areas, show_values, watch_places } from "./screen/controls.js";
import { after_frame } from "./screen/frames.js";
import { draw } from "./screen/graphs.js";
import { handle } from "./screen/handle.js";
import { keep_clicks } from "./screen/kept.js";
import { tab_shown } from "./screen/place.js";
import { playhead } from "./screen/playhead.js";
import { fetch_plotly, want } from "./screen/plotly.js";
import { pointer } from "./screen/pointer.js";
import "./screen/pointing.js";
import { fetch_dash, renew_rail } from "./screen/rail.js";
import { until } from "./screen/scripts.js";
import { follow_presentation, notify } from "./screen/shell.js";
import "./screen/sheet.js";
import { measure } from "./screen/sight.js";
import { follow_tab, offer_tabs } from "./screen/tabs.js";
import "./screen/terms.js";
import { theme } from "./screen/theme.js";
import "./screen/touch.js";
import { show_undo } from "./screen/undoing.js";
import { welcome } from "./screen/welcome.js";
import "./screen/wheel.js";
import { gate } from "./wire/gate.js";
import { opening } from "./wire/opening.js";

const LATER = "[data-picture]"; // what is clicked there needs a module that comes later
const give_back = keep_clicks(LATER);

// what a tab needs comes when it is opened
const TABS = {
  sweep: () => import("./sweep.mjs"),
  basins: () => import("./basins.mjs"),
  train: () => import("./train.mjs"),
  learn: () => import("./learn.mjs"),
};

let newest = null; // the reply that the controls do not show yet
let rail = null; // that of a reply, until it is built

// the drawing first: what else has to change follows when it is on the screen
gate.replied.listen((reply) => {
  const { scene, shown: { dead } } = reply;
  theme.follow(scene.theme);
  follow_tab(reply);
  follow_presentation(reply);
  hide_areas(reply.hide);
  if (tab_shown() !== "train") playhead.follow(scene.steps, scene.t, dead.playhead); // a training has steps of its own
  draw(scene);
  handle.follow(scene.start, scene.domain, scene.room, dead.start);
  notify(reply.notices);
  welcome(reply);
  if (reply.components) rail = reply.components;
  if (!newest) after_frame(show_the_rest);
  newest = reply;
});

function show_the_rest() {
  const reply = newest;
  newest = null;
  if (rail) renew_rail(rail).then(want);
  rail = null;
  document.title = reply.shown.say.title;
  show_values(reply);
  if (!pointer.pressed) address.show(reply.query); // the browser takes its time, and the end of a gesture does it
}

function fetch_the_rest() {
  fetch_dash();
  until(() => import("./later.mjs").catch(() => null)).then(give_back);
  fetch_plotly();
}

document.getElementById("waiting").remove();
offer_tabs(TABS);
watch_places(document.getElementById("page"), document.getElementById("rail"));
measure();
show_undo();
gate.begin(address.read(), opening());
after_frame(fetch_the_rest);
