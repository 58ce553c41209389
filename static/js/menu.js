// Menus and dialogs: arrow keys inside a popover menu; a menu closes when the focus leaves it, by Escape or a click elsewhere; [data-close] and a click on
// the backdrop close a dialog.
document.addEventListener("keydown", event => {
  const menu = event.target.closest?.("[popover].menu");
  if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll("a, button")];
  const at = items.indexOf(document.activeElement);
  items[(at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length]?.focus();
});
document.addEventListener("toggle", event => {
  const opener = event.target.id && document.querySelector(`[popovertarget="${CSS.escape(event.target.id)}"]`);
  if (opener) opener.setAttribute("aria-expanded", String(event.newState === "open"));
  if (event.newState === "open" && event.target.matches(".menu")) event.target.querySelector("a, button")?.focus();
}, true);
document.addEventListener("click", event => {
  const dialog = event.target.closest("dialog");
  if (dialog && (event.target === dialog || event.target.closest("[data-close]"))) dialog.close();
});

// Who tabs out of a menu has left it: open, it would lie over where they are.
document.addEventListener("focusout", event => {
  const menu = event.target.closest?.("details.menu[open], .menu[popover]:popover-open");
  const next = event.relatedTarget;
  if (!menu || !next || menu.contains(next) || next.matches(`[popovertarget="${CSS.escape(menu.id)}"]`)) return;
  if (menu.matches("details")) menu.open = false; else menu.hidePopover();
});

// Tabs that scroll sideways show the whole of the one that has the focus.
document.addEventListener("focusin", event => {
  if (event.target.closest(".scroll-x")) event.target.scrollIntoView({ block: "nearest", inline: "nearest" });
});

const openDetails = () => document.querySelectorAll("details.menu[open]");
document.addEventListener("click", event => { for (const menu of openDetails()) if (!menu.contains(event.target)) menu.open = false });
document.addEventListener("keydown", event => {
  if (event.key !== "Escape") return;
  for (const menu of openDetails()) { menu.open = false; menu.querySelector("summary").focus() }
});
export const goInto = menu => menu.querySelector(".sheet :is(select, input:not([type=hidden]), textarea, button, a[href])")?.focus();
document.addEventListener("toggle", event => { if (event.target.matches?.("details.menu[open]")) goInto(event.target) }, true);

// What a menu fetched when it was opened takes the focus that its placeholder had.
export const start = () => { for (const menu of openDetails()) if (document.activeElement === document.body) goInto(menu) };
