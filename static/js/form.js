// Forms: the error summary takes the focus, a second press of the same button is ignored while the first is under way, an empty
// idempotency key is filled in, and [data-confirm] asks before a weighty step.
const summary = () => {
  const box = document.querySelector("[data-errors]:not([data-seen])");
  if (!box || box.closest("[data-sample]")) return;
  box.dataset.seen = "";
  box.focus();
};

const free = form => {
  form.removeAttribute("data-busy");
  for (const button of form.querySelectorAll("[type=submit][aria-disabled]")) button.removeAttribute("aria-disabled");
};

document.addEventListener("submit", event => {
  const form = event.target;
  if (form.hasAttribute("data-busy")) { event.preventDefault(); event.stopImmediatePropagation(); return }
  const ask = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (ask && !window.confirm(ask)) { event.preventDefault(); event.stopImmediatePropagation(); return }
  const key = form.querySelector("[name=idempotency_key]");
  if (key && !key.value) key.value = crypto.randomUUID();
  if (form.method === "get" || form.method === "dialog") return;
  form.dataset.busy = "";
  event.submitter?.setAttribute("aria-disabled", "true");
}, true);
document.addEventListener("click", event => {
  const link = event.target.closest("[data-errors] a[href^='#']");
  if (!link) return;
  event.preventDefault();
  const field = document.getElementById(link.hash.slice(1));
  field?.scrollIntoView({ block: "center" });
  (field?.matches("input, select, textarea") ? field : field?.querySelector("input, select, textarea"))?.focus();
});
document.addEventListener("change", event => { if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit() });
addEventListener("pageshow", () => document.querySelectorAll("form[data-busy]").forEach(free));
document.addEventListener("htmx:finally:request", event => { const form = event.target.closest?.("form[data-busy]"); if (form) free(form) });
document.addEventListener("portal:failed", event => free(event.target));

export const start = summary;
