// Live lists: an element with [data-poll] names a tiny version address. Every 5 s while the tab is visible its ETag is compared; when it
// moves, the element gets a "changed" event (hx-trigger="changed"). Errors back off to a minute. While a composer holds unsent words
// nothing is refetched: the element's [data-poll-stale] notice appears instead and its button fetches when the person wants.
import { dirty } from "./composer.js";
import { refresh } from "./live.js";

const BEAT_MS = 5000;
const MOST_MS = 60000;

const tell = element => {
  const notice = element.parentElement.querySelector("[data-poll-stale]");
  if (dirty() && notice) { notice.hidden = false; return }
  if (notice) notice.hidden = true;
  element.dispatchEvent(new CustomEvent("changed"));
};

const watch = element => {
  let tag = element.dataset.version ? `"${element.dataset.version}"` : "";
  let pause = BEAT_MS;
  const look = async () => {
    if (!element.isConnected) return;
    if (!document.hidden) {
      try {
        const answer = await fetch(element.dataset.poll, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store", redirect: "error" });
        if (!answer.ok && answer.status !== 304) throw new Error(`version answered ${answer.status}`);
        refresh(answer.headers.get("X-Live"));
        const now = answer.headers.get("ETag") ?? "";
        if (answer.status === 200 && now !== tag) { if (tag) tell(element); tag = now }
        pause = BEAT_MS;
      } catch {
        pause = Math.min(pause * 2, MOST_MS); // offline or signed out: try again later, more slowly
      }
    }
    setTimeout(look, pause);
  };
  setTimeout(look, tag ? BEAT_MS : 0);
};

document.addEventListener("click", event => {
  const notice = event.target.closest("[data-poll-stale]");
  if (!notice) return;
  notice.hidden = true;
  notice.parentElement.querySelector("[data-poll]")?.dispatchEvent(new CustomEvent("changed"));
});

export const start = root => {
  for (const element of root.querySelectorAll("[data-poll]:not([data-polled])")) { element.dataset.polled = ""; watch(element) }
};
