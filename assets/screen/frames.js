// When what was just changed is on the screen.
export const after_frame = (act) => requestAnimationFrame(() => setTimeout(act, 0));
