// Single keys on staff pages: any control with [data-key] is pressed by that key ("g q" is a sequence); J and K walk the rows.
// Switched off by the button in the sheet (WCAG 2.1.4) or by the cookie keys=off, which the server renders as data-keys="off".
import { goInto } from "./menu.js";
import { remember } from "./theme.js";

const SEQUENCE_MS = 1200;
let first = "";
let timer = 0;
let current = "";

const typing = target => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll(".row")];
const visible = element => element.checkVisibility?.() ?? element.offsetParent !== null;

export const select = row => {
  for (const other of rows()) if (other !== row) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  current = row.dataset.ref ?? "";
  row.dispatchEvent(new CustomEvent("row:selected", { bubbles: true }));
};

// The list that was looked at last, in this tab: on a request's own page J and K go along it.
const LIST = "queue";
const keep = () => { const list = rows().filter(row => row.dataset.ref); if (list.length) sessionStorage.setItem(LIST, JSON.stringify(list.map(row => row.pathname))) };
const leaf = step => {
  const list = JSON.parse(sessionStorage.getItem(LIST) ?? "[]");
  const at = list.indexOf(location.pathname);
  if (at >= 0 && list[at + step]) location.assign(list[at + step]);
};

const move = step => {
  const list = rows();
  if (!list.length) { leaf(step); return }
  const at = list.findIndex(row => row.hasAttribute("aria-current"));
  const next = list[at < 0 ? 0 : Math.max(0, Math.min(list.length - 1, at + step))];
  if (!next) return;
  select(next);
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
};

const open = () => { const row = document.querySelector(".row[aria-current]"); if (row) location.assign(row.href) };
const own = { j: () => move(1), k: () => move(-1), o: open, x: () => document.dispatchEvent(new CustomEvent("row:tick")), "?": () => document.querySelector("#keys")?.showModal() };

const press = key => {
  if (own[key]) { own[key](); return true }
  const control = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(one => visible(one) && !one.closest("[inert]"));
  if (!control) return false;
  if (control.matches("textarea, input:not([type=radio], [type=checkbox])")) control.focus(); else control.click();
  if (control.parentElement.matches("details.menu[open]")) goInto(control.parentElement); // at once: the next key is meant for it
  return true;
};

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.body.dataset.keys !== "on") return;
  if (typing(event.target) || document.querySelector("dialog[open], [popover]:popover-open")) return;
  const key = event.key.toLowerCase();
  const pair = first ? `${first} ${key}` : "";
  first = "";
  if (pair && press(pair)) { event.preventDefault(); return }
  if (document.querySelector(`[data-key^="${CSS.escape(key)} "]`)) { first = key; clearTimeout(timer); timer = setTimeout(() => { first = "" }, SEQUENCE_MS); return }
  if (press(key)) event.preventDefault();
});

document.addEventListener("click", event => {
  if (event.target.closest("[data-open-keys]")) { document.querySelector("#keys").showModal(); return }
  if (!event.target.closest("[data-keys-toggle]")) return;
  const on = document.body.dataset.keys !== "on";
  document.body.dataset.keys = on ? "on" : "off";
  remember("keys", on ? "" : "off");
  start();
});

// A refetched list loses its selection and its focus: put both back on the same ticket.
let focused = "";
document.addEventListener("htmx:before:swap", () => { focused = document.activeElement?.closest(".row")?.dataset.ref ?? "" });

export const start = () => {
  keep();
  if (focused && document.activeElement === document.body) document.querySelector(`.row[data-ref="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  focused = "";
  const row = current && document.querySelector(`.row[data-ref="${CSS.escape(current)}"]:not([aria-current])`);
  if (row && !document.querySelector(".row[aria-current]")) row.setAttribute("aria-current", "true");
  for (const button of document.querySelectorAll("[data-keys-toggle]")) button.setAttribute("aria-pressed", document.body.dataset.keys === "on");
};
