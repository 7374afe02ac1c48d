// What is asked of a training, in the rail: which of it goes with the data, and which columns may be the target.
import { offer_choices } from "../screen/controls.js";

const FILE = "file";
const MADE = "made";

export function show_asked({ shown }) {
  const data = shown.choice["train.data"];
  const { dataset } = document.querySelector(".asked-of");
  dataset.data = data === MADE ? MADE : "table";
  dataset.file = data === FILE ? "on" : "off";
}

// what is known of the data and the training: their kind, whether there are several shuffles, the columns that may be the target, and the loss to reach where none is asked for
export function show_known({ columns, goal, kind, shuffles }) {
  Object.assign(document.getElementById("train").dataset, { kind: kind ?? "", shuffles: shuffles ?? "" });
  if (columns) offer_choices("train.target", columns);
  const field = document.querySelector('[data-key="train.goal"] input');
  if (field) field.placeholder = goal ?? "";
}
