// The Sweep tab, which the page loads when it is opened.
import "./sweep/sweep.js";
