// What a lesson needs when one is opened, and the course page.
import "./learn/lesson.js";
