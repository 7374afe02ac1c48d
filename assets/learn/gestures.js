// Each gesture by its name: what is asked with it, and what is shown of it behind the answer.
import { Click, told_click } from "./click.js";
import { Drag, told_drag } from "./drag.js";
import { Pick, told_pick } from "./pick.js";
import { Rank, told_rank } from "./rank.js";

const GESTURES = {
  click: { Asked: Click, told: told_click },
  drag: { Asked: Drag, told: told_drag },
  pick: { Asked: Pick, told: told_pick },
  curve: { Asked: Pick, told: told_pick },
  rank: { Asked: Rank, told: told_rank },
};

// { element, said(), wrong(), stop(), changed }: `said` is what an address says of it, "" for nothing yet
export function asked(ask, said) {
  const { Asked } = GESTURES[ask.gesture];
  return new Asked(ask, said === "no" ? "" : said);
}

// the element that shows what was said beside what is so, or null where the map alone does
export const told = (ask, piece, said) => GESTURES[ask.gesture].told(ask, piece, said === "no" ? "" : said);
