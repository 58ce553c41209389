// The reply box: Ctrl Enter presses its main button, R and N choose reply or note (radio tabs with [data-key]), unsent words are marked so
// that nothing is refetched under them and leaving asks first. Drafts are saved by [data-draft-url] two seconds after the last key; an
// editor with such an address keeps its words in the same way.
const DRAFT_MS = 2000;
const BOX = "form.composer, form[data-draft-url]";
const boxes = () => [...document.querySelectorAll(BOX)];

export const dirty = () => boxes().some(box => box.hasAttribute("data-dirty"));

const label = box => {
  const chosen = box.querySelector("[name=kind]:checked");
  const button = box.querySelector("[data-send-label]");
  if (!chosen || !button) return;
  button.textContent = chosen.dataset.send ?? button.textContent;
  const area = box.querySelector("textarea");
  if (chosen.dataset.placeholder) area.placeholder = chosen.dataset.placeholder;
  area.setAttribute("aria-label", chosen.dataset.label ?? "Message");
};

const save = async box => {
  const state = box.querySelector("[data-draft-state]");
  const words = new FormData(box);
  words.delete("files"); // they are sent with the message, once
  box.saving = new AbortController(); // a save that is under way when the message is sent would bring its words back
  const answer = await fetch(box.dataset.draftUrl, { method: "POST", body: words, signal: box.saving.signal }).catch(() => null);
  if (state) state.textContent = answer?.ok ? "Draft saved" : "Draft not saved yet";
  if (answer?.ok && !box.querySelector("input[type=file]")?.files.length) box.setAttribute("data-saved", "");
};

document.addEventListener("input", event => {
  const box = event.target.closest(BOX);
  if (!box) return;
  if (event.target.matches("[name=kind]")) { label(box); return }
  box.toggleAttribute("data-dirty", box.querySelector("textarea").value.trim() !== "");
  box.removeAttribute("data-saved");
  if (!box.dataset.draftUrl || !event.target.matches("textarea, input[type=text]")) return;
  clearTimeout(box.draft);
  box.draft = setTimeout(() => save(box), DRAFT_MS);
});
document.addEventListener("keydown", event => {
  const box = event.target.closest?.(BOX);
  if (box && event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); box.requestSubmit(box.querySelector("button.primary")) }
  if (box && event.key === "Escape") event.target.blur();
});
document.addEventListener("click", event => {
  const radio = event.target.closest("form.composer [name=kind]");
  if (radio) { label(radio.form); radio.form.querySelector("textarea").focus() }
});
document.addEventListener("submit", event => {
  if (event.target.matches(BOX)) { clearTimeout(event.target.draft); event.target.saving?.abort(); event.target.removeAttribute("data-dirty") }
});
addEventListener("beforeunload", event => {
  if (boxes().some(box => box.hasAttribute("data-dirty") && !box.hasAttribute("data-saved"))) event.preventDefault();
});

export const start = () => boxes().forEach(label);
