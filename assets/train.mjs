// What the Train tab needs when it is opened.
import "./train/train.js";
import "./train/pictures.js";
