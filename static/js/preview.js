// Preview without leaving the list: choosing a row (click, J, K) loads its [data-preview] into #preview while that pane is visible.
// A second click, Enter or O opens the ticket; without the pane (phone, no script) the row is a plain link.
import { select } from "./keyboard.js";

const pane = () => { const box = document.querySelector("#preview"); return box?.checkVisibility?.() ? box : null };
let wait = 0;
let wanted = ""; // until its preview has come the pane is inert: a key must never act on the request that was chosen before

document.addEventListener("row:selected", event => {
  const url = event.target.dataset.preview;
  if (!url || !pane()) return;
  wanted = event.target.pathname;
  pane().inert = true;
  clearTimeout(wait);
  wait = setTimeout(() => window.htmx.ajax("GET", url, { target: "#preview", swap: "innerHTML" }), 120);
});

export const start = () => {
  const box = document.querySelector("#preview[inert]");
  if (box?.querySelector(`a[href="${CSS.escape(wanted)}"]`)) box.inert = false;
};

document.addEventListener("click", event => {
  const row = event.target.closest(".row[data-preview]");
  if (!row || !pane() || event.ctrlKey || event.metaKey || event.shiftKey || event.detail === 0 || row.hasAttribute("aria-current")) return;
  event.preventDefault();
  select(row);
});
