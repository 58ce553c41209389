// Popover menus and dialogs: arrow keys inside a menu, [data-close] and a click on the backdrop close a dialog.
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
