// What the Learn tab needs when it is opened, or when a lesson lies over another one.
import "./learn/course.js";
import "./learn/lesson.js";
import "./learn/menu.js";
