// The rate at which a run is best, of what a race has found.

export const CRITERIA = ["first", "stays", "final"]; // in the order of what is chosen by each

// where a run is best by the criterion; null where that is not known yet, or nowhere
export function best_place({ criterion }, found) {
  const best = found?.chosen?.[CRITERIA.indexOf(criterion)];
  return best >= 0 ? best : null;
}

// the edits that give every run that is no ghost its best rate
export function tuned_edits(look, chosen_of) {
  const moved = look.runs.filter(({ ghost }) => !ghost);
  const pairs = moved.map((run) => [run, best_place(look, chosen_of(run))]).filter(([, best]) => best !== null);
  return pairs.map(([run, best]) => ["number", `run.${run.place}.lr`, look.rates[best]]);
}
