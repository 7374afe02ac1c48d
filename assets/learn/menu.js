// What the export menu has besides while a lesson is open: the lesson on paper, and as a file.
import { gate } from "../wire/gate.js";

const list = document.getElementById("of-lesson");
const sheet = list.querySelector("a");

function follow({ lesson }) {
  list.hidden = !lesson;
  if (lesson) sheet.href = `worksheet/${lesson.id}`;
}

gate.replied.listen(follow);
if (gate.last) follow(gate.last);
