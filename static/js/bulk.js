// Many rows at once: in a list with a [data-bulk-place] each row gets a box to tick (X ticks the current one); the first tick fetches
// what can be done to them. A refetched list keeps what was ticked.
const place = () => document.querySelector("[data-bulk-place]");
const boxes = () => [...document.querySelectorAll("[data-bulk-box]")];
const ticked = new Set();
let fetched = null; // the place that it was asked for, once: a second answer would wipe out what was typed meanwhile

const show = () => {
  const bar = place().querySelector("[data-bulk]");
  if (!bar) {
    if (!ticked.size || fetched === place()) return;
    fetched = place();
    window.htmx.ajax("GET", place().dataset.bulkPlace, { target: "#bulk-place", swap: "innerHTML" });
    return;
  }
  bar.hidden = ticked.size === 0;
  bar.querySelector("[data-bulk-count]").textContent = String(boxes().filter(box => box.checked).length);
};

const add = row => {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.name = "refs";
  box.value = row.dataset.ref;
  box.setAttribute("form", "bulk");
  box.dataset.bulkBox = "";
  box.setAttribute("aria-label", row.dataset.ref);
  box.checked = ticked.has(row.dataset.ref);
  row.before(box);
};

document.addEventListener("change", event => {
  if (!event.target.matches("[data-bulk-box]")) return;
  if (event.target.checked) ticked.add(event.target.value); else ticked.delete(event.target.value);
  show();
});
document.addEventListener("row:tick", () => {
  document.querySelector(".row[aria-current]")?.parentElement.querySelector("[data-bulk-box]")?.click();
});

export const start = () => {
  if (!place()) return;
  for (const row of document.querySelectorAll("#queue .row[data-ref]")) if (!row.parentElement.querySelector("[data-bulk-box]")) add(row);
  show();
};
