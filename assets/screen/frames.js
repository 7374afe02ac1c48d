// When what was just changed is on the screen.
export const after_frame = (act) => requestAnimationFrame(() => setTimeout(act, 0));

// Something that is done once, however often it is asked for until then: before the next frame is painted, or `when`.
export function once(act, when = requestAnimationFrame) {
  let wanted = false;
  return () => {
    if (wanted) return;
    wanted = true;
    when(() => {
      wanted = false;
      act();
    });
  };
}
