// What the export menu has besides while a lesson is open: the lesson on paper, and as a file.
import { gate } from "../wire/gate.js";

const list = document.getElementById("of-lesson");
const [sheet, file] = list.querySelectorAll("a");

function follow({ lesson }) {
  list.hidden = !lesson;
  if (!lesson) return;
  sheet.href = `worksheet/${lesson.id}`;
  file.href = `export/lesson?lesson=${lesson.id}`; // what it is followed with, the page says when it is
}

gate.replied.listen(follow);
if (gate.last) follow(gate.last);
