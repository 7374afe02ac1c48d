// The exported page: one scene, drawn once for each theme, with a playhead and no server behind it.
import { draw, graphs, painted } from "./screen/graphs.js";
import "./screen/paper.js";
import { playhead } from "./screen/playhead.js";
import "./screen/pointing.js";
import { theme } from "./screen/theme.js";
import "./screen/wheel.js";
import { uncoded } from "./wire/arrays.js";

const told = uncoded(document.getElementById("scene").textContent);
const scene = told.scene;

function draw_scene() {
  theme.follow(scene.theme);
  draw({ ...scene, skeletons: told.skeletons[theme.mode()] });
}

function place_start() {
  const mark = document.getElementById("start");
  const plane = graphs.map.plane();
  mark.hidden = !plane;
  if (!plane) return;
  const [x, y] = plane.to_pixels(scene.start);
  mark.style.transform = `translate(${x}px, ${y}px)`;
  mark.style.visibility = plane.holds(scene.start) ? "" : "hidden";
}

painted.listen((graph) => graph === graphs.map && place_start());
theme.turned.listen(draw_scene);
playhead.follow(scene.steps, scene.t);
draw_scene();
