// Numbers from the plot into a run: edits like those of its own controls, so what a link locks stays as it is.
import { gate } from "../wire/gate.js";

// why a run cannot be given numbers here; "" where it can
export const barred = ({ place }) => gate.last?.shown.dead[`run.${place}.lr`] ?? "";

// name -> the number as a text
export function put(run, numbers) {
  if (barred(run)) return;
  for (const [name, value] of Object.entries(numbers)) gate.edit("number", `run.${run.place}.${name}`, value);
}
