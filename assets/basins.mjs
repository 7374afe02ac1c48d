// What the Basins tab needs when it is opened.
import { basins } from "./basins/basins.js";
import "./basins/point.js";
import { pointer } from "./screen/pointer.js";
import { tab_shown } from "./screen/place.js";
import { while_open } from "./screen/tabs.js";
import { theme } from "./screen/theme.js";
import { gate } from "./wire/gate.js";

while_open("basins", (reply) => basins.follow(`${reply.query}`));
