// Light, dark or as the system says: buttons [data-theme-set]; the cookie lets the server render the right one at once.
const YEAR = 365 * 24 * 3600;
const names = { "": "as your system", light: "light", dark: "dark" };

export const remember = (name, value) => {
  const secure = location.protocol === "https:" ? ";secure" : "";
  document.cookie = `${name}=${value};path=/;samesite=lax;max-age=${value ? YEAR : 0}${secure}`;
};

const show = () => {
  const now = document.documentElement.dataset.theme ?? "";
  for (const button of document.querySelectorAll("[data-theme-set]")) button.setAttribute("aria-pressed", button.dataset.themeSet === now);
};

const set = value => {
  if (value) document.documentElement.dataset.theme = value; else delete document.documentElement.dataset.theme;
  remember("theme", value);
  show();
};

document.addEventListener("click", event => {
  const button = event.target.closest("[data-theme-set]");
  if (button) set(button.dataset.themeSet);
});
document.addEventListener("theme:next", () => {
  const order = Object.keys(names);
  set(order[(order.indexOf(document.documentElement.dataset.theme ?? "") + 1) % order.length]);
});

export const start = show;
