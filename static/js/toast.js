// Toasts. A server answer shows one with HX-Trigger: {"toast": {"target": "#toasts", "text": …, "undo": URL, "seconds": n}};
// those that the server rendered (parts/messages.html) get the same life. Undo is a POST to the given address.
const STAY_MS = 6000;
const UNDO_MS = 10000;

const csrf = () => JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}");

const leave = (box, ms) => {
  let timer = setTimeout(() => box.remove(), ms);
  const hold = () => clearTimeout(timer);
  const resume = () => { clearTimeout(timer); timer = setTimeout(() => box.remove(), STAY_MS) };
  for (const kind of ["pointerenter", "focusin"]) box.addEventListener(kind, hold);
  for (const kind of ["pointerleave", "focusout"]) box.addEventListener(kind, resume);
};

const undo = async (box, url) => {
  box.querySelector("button").disabled = true;
  const answer = await fetch(url, { method: "POST", headers: csrf(), redirect: "follow" }).catch(() => null);
  if (answer?.ok) { location.assign(answer.redirected ? answer.url : location.href); return }
  box.querySelector("button").remove();
  box.querySelector(".text").textContent = answer?.status === 409 ? "Too late to undo: it has already gone out." : "That could not be undone. Please reload the page.";
};

const countdown = (box, seconds) => {
  const left = box.querySelector(".left");
  const end = performance.now() + seconds * 1000;
  const beat = setInterval(() => {
    const s = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    left.textContent = ` ${s} s`;
    if (!box.isConnected) clearInterval(beat);
    if (s === 0) { clearInterval(beat); box.remove() }
  }, 250);
};

export const toast = ({ text, undo: url = "", seconds = 0 }) => {
  const box = document.createElement("div");
  box.className = "toast";
  const say = document.createElement("span");
  say.className = "text";
  say.textContent = text;
  const left = document.createElement("span");
  left.className = "left num";
  left.setAttribute("aria-hidden", "true");
  say.append(left);
  box.append(say);
  if (url) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Undo";
    button.addEventListener("click", () => undo(box, url));
    box.append(button);
  }
  document.querySelector("#toasts")?.append(box);
  if (seconds) countdown(box, seconds); else leave(box, url ? UNDO_MS : STAY_MS);
  return box;
};

// A failed part of a page leaves the page as it was (noSwap in base.html) and says so here.
const FAILED = { 403: "You may not do that.", 404: "That is no longer there.", 413: "That is too large to send.", 429: "Too many tries. Please wait a moment." };
document.addEventListener("htmx:response:error", event => {
  const status = event.detail?.ctx?.response?.status ?? 0;
  if (status !== 422 && status !== 409) toast({ text: FAILED[status] ?? "That did not work. Please try again in a minute." });
});
document.addEventListener("htmx:error", () => toast({ text: "The portal could not be reached. Please try again." }));
document.addEventListener("toast", event => toast(event.detail));

export const start = root => {
  for (const box of root.querySelectorAll("#toasts > .toast:not([data-timed])")) {
    box.dataset.timed = "";
    leave(box, box.querySelector("form") ? UNDO_MS : STAY_MS);
  }
};
