// The course: its lessons, each of which is opened here.
import { make } from "../screen/elements.js";
import { while_open } from "../screen/tabs.js";
import { gate } from "../wire/gate.js";
import { Tiles } from "../wire/tiles.js";

const tiles = new Tiles("learn");

while_open("learn", async ({ query }) => {
  const work = await tiles.plan(query);
  if (!work) return;
  const open = (id) => () => gate.edit("choice", "lesson.open", id);
  const card = ({ id, title, idea }) => {
    const button = make("button", { class: "plain", type: "button" }, title);
    button.addEventListener("click", open(id));
    return make("li", { class: "card" }, button, make("p", { class: "note" }, idea));
  };
  document.getElementById("course").replaceChildren(make("ul", {}, ...work.look.lessons.map(card)));
});
