// What stands beside what is chosen from: letters for a show of hands.
import { make } from "../screen/elements.js";

const LETTERS = "ABCDEFGHIJKL";

export const letter = (place) => make("span", { class: "letter", "aria-hidden": "true" }, LETTERS[place] ?? "");

// places of options as an address writes them
export const places_in = (said) => said.split(",").filter((one) => /^\d+$/.test(one)).map(Number);

// a number as somebody types it, with a comma or a point, NaN for none
export const typed = (text) => {
  const plain = text.trim().replace(",", ".").replaceAll("−", "-");
  return plain === "" ? NaN : Number(plain);
};

// what an address says of a number
export const plain = (value) => String(Number(value.toPrecision(6)));
