// Which tab is shown. A page without tabs shows what Explore does.
const root = document.documentElement;

export const tab_shown = () => root.dataset.tab ?? "explore";
export const show_tab = (name) => (root.dataset.tab = name);
