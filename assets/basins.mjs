// What the Basins tab needs when it is opened.
import { basins } from "./basins/basins.js";
import "./basins/point.js";
import { pointer } from "./screen/pointer.js";
import { tab_shown } from "./screen/place.js";
import { while_open } from "./screen/tabs.js";
import { theme } from "./screen/theme.js";
import { gate } from "./wire/gate.js";

// what of an answer the maps depend on; where the playhead stands is not of it
while_open("basins", ({ query }) => basins.follow(`${query} ${theme.mode()}`, query));
gate.replied.listen(() => tab_shown() === "basins" || basins.stop());
pointer.released.listen(() => basins.let_go());
new ResizeObserver(() => basins.repaint()).observe(document.getElementById("basins-frame"));
