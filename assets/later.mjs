// What the page needs when its first view is painted: what stands below the map, what is taken home, and paper.
import { details } from "./explore/details.js";
import "./screen/paper.js";
import "./screen/pictures.js";
import { gate } from "./wire/gate.js";

function follow() {
  requestAnimationFrame(() => setTimeout(() => details.follow(gate.last), 0));
}

gate.replied.listen(follow);
if (gate.last) follow();
