// How an answer is beside the truth, where no server says so: in the file of a lesson, which holds its answers. As
// app/learn/answers.py judges; the rule comes from app/learn/carried.py.
import { written } from "../screen/numbers.js";
import { places_in } from "./words.js";

const SLACK = 1 + 1e-9; // what stands at the very edge of a tolerance is inside
const LONG = 1e5; // from here on a number has an exponent

// what the panel is told of an answer, in the words of an address
export function judged(rule, said) {
  if (!said || said === "no") {
    return { right: null, half: false, distance: null, told: filled(rule.words.none, { answer: rule.answer }), mark: said };
  }
  const given = "drag click".includes(rule.gesture) ? said.split(",").map(Number) : places_in(said);
  const { right, distance, name, told } = JUDGES[rule.gesture](rule, given);
  const half = !right && is_half(rule, given);
  const sentence = filled(rule.words[name], { answer: rule.answer, ...told });
  const verdict = rule.words[right ? "right" : half ? "half" : "wrong"];
  return { right, half, distance, told: filled(verdict, { said: sentence }), mark: said };
}

const JUDGES = { drag, click, pick: choice, curve: choice, rank };

function drag({ truth, factor, within }, [given]) {
  const told = { said: shown(given) };
  if (factor === null) {
    const distance = Math.abs(given - truth);
    return { right: distance <= within * SLACK, distance, name: "number", told };
  }
  const distance = times(given, truth);
  const right = distance <= factor * SLACK;
  if (!(distance > factor) || distance === Infinity) return { right, distance, name: "number", told };
  const name = Math.abs(given) < Math.abs(truth) ? "far" : "near";
  return { right, distance, name, told: { ...told, factor: shown(distance, 2) } };
}

// how many times one number is the other
function times(given, right) {
  if (given === right) return 1;
  return given * right > 0 ? Math.max(given / right, right / given) : Infinity;
}

function click({ truth, within }, given) {
  const away = (point) => Math.hypot(point[0] - given[0], point[1] - given[1]);
  const [nearest] = [...truth].sort((one, other) => away(one) - away(other));
  const distance = away(nearest);
  const told = { said: point(given), answer: point(nearest), distance: shown(distance, 2) };
  return { right: distance <= within * SLACK, distance, name: "point", told };
}

function choice({ gesture, places, names, words }, given) {
  const right = places.length === given.length && places.every((place) => given.includes(place));
  const told = { said: given.map((place) => names[place]).join(", ") || words.nobody };
  return { right, distance: null, name: gesture, told };
}

// pairs that stand the other way round; what never is comes last
function rank({ ranked }, given) {
  const late = given.map((place) => ranked[place] ?? Infinity);
  const distance = late.flatMap((one, i) => late.slice(i + 1).map((other) => one > other)).filter(Boolean).length;
  const pairs = (given.length * (given.length - 1)) / 2;
  return { right: distance === 0, distance, name: distance ? "rank" : "order", told: { distance, pairs } };
}

function is_half({ gesture, half }, given) {
  if (gesture === "drag") return half.some(([low, high]) => given[0] >= low && given[0] <= high);
  return half.some((some) => some.length === given.length && some.every((place) => given.includes(place)));
}

// as a sentence says a number: in three digits, written out below a hundred thousand
function shown(value, digits = 3) {
  const near = Number(value.toPrecision(digits));
  const long = Math.abs(near) >= 10 ** digits && Math.abs(near) < LONG;
  return written(near, long ? String(Math.trunc(Math.abs(near))).length : digits);
}

const point = (values) => `(${values.map((value) => shown(value)).join(", ")})`;

const filled = (text, words) => text.replace(/\{(\w+)\}/g, (field, name) => words[name] ?? field);
