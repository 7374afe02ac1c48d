// The page: what a reply brings goes to each part, and the first one is asked for.
import { details } from "./explore/details.js";
import { address } from "./page/address.js";
import { show_values, watch_places } from "./screen/controls.js";
import { focus } from "./screen/focus.js";
import { draw } from "./screen/graphs.js";
import { handle } from "./screen/handle.js";
import "./screen/kept.js";
import "./screen/paper.js";
import "./screen/pictures.js";
import { playhead } from "./screen/playhead.js";
import { fetch_ahead, want } from "./screen/plotly.js";
import { pointer } from "./screen/pointer.js";
import "./screen/pointing.js";
import { follow_presentation, notify } from "./screen/shell.js";
import "./screen/sheet.js";
import { measure } from "./screen/sight.js";
import "./screen/terms.js";
import { theme } from "./screen/theme.js";
import "./screen/touch.js";
import { show_undo } from "./screen/undoing.js";
import { welcome } from "./screen/welcome.js";
import "./screen/wheel.js";
import { gate } from "./wire/gate.js";
import { opening } from "./wire/opening.js";

let newest = null; // the reply that the controls do not show yet
let rail = null; // that of a reply, until it is built

// the drawing first: what else has to change follows when it is on the screen
gate.replied.listen((reply) => {
  const { scene, shown: { dead } } = reply;
  theme.follow(scene.theme);
  follow_presentation(reply.present);
  playhead.follow(scene.steps, scene.t, dead.playhead);
  draw(scene);
  handle.follow(scene.start, scene.domain, scene.room, dead.start);
  notify(reply.notices);
  welcome(reply);
  if (reply.components) rail = reply.components;
  if (!newest) requestAnimationFrame(() => setTimeout(show_the_rest, 0));
  newest = reply;
});

function renew_rail(children) {
  focus.hold(document.getElementById("rail"));
  window.dash_clientside.set_props("rail", { children });
}

function show_the_rest() {
  const reply = newest;
  newest = null;
  want(); // it is made ready beside what follows
  if (rail) renew_rail(rail);
  rail = null;
  document.title = reply.shown.say.title;
  show_values(reply);
  if (!pointer.pressed) address.show(reply.query); // the browser takes its time, and the end of a gesture does it
  details.follow(reply);
}

fetch_ahead();

// Dash builds the page before or after this module arrives
const page = new MutationObserver(begin);
page.observe(document, { childList: true, subtree: true });
begin();

function begin() {
  const rail = document.getElementById("rail");
  if (!rail || !document.getElementById("graph-map")) return;
  page.disconnect();
  watch_places(document.getElementById("page"), rail);
  measure();
  focus.watch(rail);
  show_undo();
  gate.begin(address.read(), opening());
}
