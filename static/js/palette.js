// Command palette: Ctrl K or any [data-palette]. Options are links and controls that the page already has; typed words filter them,
// and [data-search-url] on the dialog adds "Search for …" as the last option.
const dialog = () => document.querySelector("#palette");
const options = () => [...dialog().querySelectorAll("[role=option]:not([hidden])")];

const mark = index => {
  const list = options();
  list.forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
  const input = dialog().querySelector("input");
  if (list[index]) { input.setAttribute("aria-activedescendant", list[index].id); list[index].scrollIntoView({ block: "nearest" }) } else input.removeAttribute("aria-activedescendant");
};

const filter = () => {
  const text = dialog().querySelector("input").value.trim();
  const wanted = text.toLowerCase().split(/\s+/);
  for (const option of dialog().querySelectorAll("[role=option]")) {
    if (option.matches("[data-search]")) {
      option.hidden = !text;
      option.querySelector("span").textContent = `Search for “${text}”`;
      option.href = `${dialog().dataset.searchUrl}?q=${encodeURIComponent(text)}`;
    } else {
      const press = option.dataset.press;
      const here = !press || document.querySelector(`[data-key="${CSS.escape(press)}"]`);
      option.hidden = !here || !wanted.every(word => option.textContent.toLowerCase().includes(word));
    }
  }
  dialog().querySelector(".none").hidden = options().length > 0;
  mark(0);
};

const open = () => {
  const box = dialog();
  if (!box || box.open) return;
  box.querySelector("input").value = "";
  box.showModal();
  filter();
};

const run = option => {
  dialog().close();
  if (option.dataset.press) document.querySelector(`[data-key="${CSS.escape(option.dataset.press)}"]`)?.click();
  else if (option.dataset.send) document.dispatchEvent(new CustomEvent(option.dataset.send));
  else location.assign(option.href);
};

document.addEventListener("keydown", event => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && dialog()) { event.preventDefault(); open(); return }
  if (!dialog()?.open) return;
  const at = options().findIndex(option => option.getAttribute("aria-selected") === "true");
  const last = options().length - 1;
  if (event.key === "ArrowDown") { event.preventDefault(); mark(at >= last ? 0 : at + 1) }
  if (event.key === "ArrowUp") { event.preventDefault(); mark(at <= 0 ? last : at - 1) }
  if (event.key === "Enter" && options()[at]) { event.preventDefault(); run(options()[at]) }
});
document.addEventListener("input", event => { if (event.target.closest("#palette")) filter() });
document.addEventListener("click", event => {
  if (event.target.closest("[data-palette]")) { event.preventDefault(); open(); return }
  const option = event.target.closest("#palette [role=option]");
  if (option) { event.preventDefault(); run(option) }
});
