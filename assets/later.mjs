// What the page needs when its first view is painted: what stands below the map, what is taken home, and paper.
import { details } from "./explore/details.js";
import { follow_ruler } from "./explore/ruler.js";
import "./explore/tuned.js";
import "./screen/code.js";
import { after_frame } from "./screen/frames.js";
import "./screen/paper.js";
import "./screen/pictures.js";
import { tab_shown } from "./screen/place.js";
import { gate } from "./wire/gate.js";

const follow = () => after_frame(() => tab_shown() === "explore" && details.follow(gate.last));

gate.replied.listen(follow);
gate.replied.listen(follow_ruler);
if (gate.last) {
  follow();
  follow_ruler(gate.last);
}
