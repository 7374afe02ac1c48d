// Two colours "#RRGGBB" in one, with this share of the second one.
export function mixed(one, other, share) {
  const [from, to] = [rgb(one), rgb(other)];
  return `#${from.map((part, i) => Math.round(part + share * (to[i] - part)).toString(16).padStart(2, "0")).join("")}`;
}

export const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
