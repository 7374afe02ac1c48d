// Elements that pages and texts are made of.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function dot(slot) {
  return make("span", { class: "dot", style: `background: var(--run-${slot})` });
}

// a button that can do nothing says why, and keeps the focus
export function put_out(button, why) {
  if ((button.dataset.why ?? "") === why) return;
  button.dataset.why = why;
  button.dataset.does ??= button.title;
  button.title = why || button.dataset.does;
  button.ariaDisabled = why ? "true" : null;
  explain(button, why);
}

export function explain(element, why) {
  if (why) element.setAttribute("aria-description", why);
  else element.removeAttribute("aria-description");
}

// `needs`: the edit without which it can do nothing
export function small_button(text, act, needs = "") {
  const button = make("button", { type: "button", class: "plain small", "data-needs": needs }, text);
  button.addEventListener("click", () => button.ariaDisabled === "true" || act());
  return button;
}

// a button that has the focus keeps it when what is around it is made anew
export function replace_keeping_focus(area, children) {
  const held = [...area.querySelectorAll("button")].indexOf(document.activeElement);
  area.replaceChildren(...children);
  if (held >= 0) area.querySelectorAll("button")[held]?.focus({ preventScroll: true });
}
