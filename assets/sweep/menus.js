// The menus of a grid, whose choices follow the runs.
import { refill } from "../screen/controls.js";

export function offer({ choices = {} }) {
  for (const [name, choice] of Object.entries(choices)) refill("choice", `sweep.${name}`, { groups: [["", choice]] });
}
