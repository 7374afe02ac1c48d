// The course, and the panel of the lesson that lies over another tab.
import { make } from "../screen/elements.js";
import { while_open, while_over } from "../screen/tabs.js";
import { theme } from "../screen/theme.js";
import { ask_heavy } from "../wire/channel.js";
import { gate } from "../wire/gate.js";

const course = document.getElementById("course");
const panel = document.getElementById("lesson");
const planned = { query: null };

async function plan(query) {
  if (planned.query === query) return null;
  planned.query = query;
  const { answer } = await ask_heavy("plan", { query, mode: theme.mode(), version: document.documentElement.dataset.version, tab: "learn" });
  return answer && planned.query === query ? answer.look : null;
}

while_open("learn", async ({ query }) => {
  const look = await plan(query);
  if (!look) return;
  const open = (id) => () => gate.edit("choice", "lesson.open", id);
  const card = ({ id, title, idea }) => {
    const button = make("button", { class: "plain", type: "button" }, title);
    button.addEventListener("click", open(id));
    return make("li", { class: "card" }, button, make("p", { class: "note" }, idea));
  };
  course.replaceChildren(make("ul", {}, ...look.lessons.map(card)));
});

while_over(async ({ query, lesson }) => {
  panel.hidden = !lesson;
  const look = lesson && (await plan(query));
  if (look) panel.replaceChildren(make("h2", {}, look.lesson.title), make("p", {}, look.ask.text));
});
