// The addresses of lessons, as seen from wherever the page stands.
const NAMES = { ask: "Ask", see: "See", why: "Why", try: "Try" };

// `told`: field -> value, of which what is empty is left out
export function query_of(told) {
  const fields = Object.entries(told).filter(([, value]) => value && value.length);
  return `?${fields.map(([name, value]) => `${name}=${[value].flat().map(encodeURIComponent).join(",")}`).join("&")}`;
}

export const whole = (query) => new URL(query, location.href).href;

// "see2" of a lesson with several questions is "See 2"
export function phase_called(phase, phases) {
  const [, kind, place] = phase.match(/^([a-z]+)(\d*)$/);
  const several = phases.includes("ask2") && (kind === "ask" || kind === "see");
  return several ? `${NAMES[kind]} ${place || 1}` : NAMES[kind];
}

export function hours(minutes) {
  const whole_hours = Math.floor(minutes / 60);
  return [whole_hours && `${whole_hours} h`, (minutes % 60 || !whole_hours) && `${minutes % 60} min`].filter(Boolean).join(" ");
}
