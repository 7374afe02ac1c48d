// What the Learn tab needs when it is opened, or when a lesson lies over another one.
import "./learn/lesson.js";
import "./learn/learn.js";
