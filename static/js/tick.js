// Clocks on the page. [data-remaining] holds working seconds left when the page was made (negative: over), [data-runs-for] how many
// seconds the office stays open from then: outside working hours a clock stands still. The server stays the only judge.
const MINUTE_MS = 30000;
const SOON = 3600;

export const words = seconds => {
  const s = Math.abs(seconds);
  const minutes = Math.floor(s / 60);
  const text = minutes >= 60 ? `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} m` : `${minutes} m`;
  return seconds < 0 ? `${text} over` : text;
};

const tone = seconds => seconds < 0 ? "over" : seconds <= SOON ? "warn" : "good";

const beat = box => {
  const passed = Math.min((performance.now() - box.born) / 1000, Number(box.dataset.runsFor ?? 0));
  const left = Number(box.dataset.remaining) - passed;
  const total = Number(box.dataset.total);
  box.dataset.tone = tone(left);
  box.querySelector(".left").textContent = words(left);
  box.querySelector(".arc")?.setAttribute("stroke-dasharray", `${Math.max(0, 100 * left / total)} 100`);
  box.querySelector(".fg")?.setAttribute("width", String(Math.min(400, Math.max(0, 400 * (1 - left / total)))));
};

const all = () => document.querySelectorAll("[data-remaining][data-runs-for]");
setInterval(() => { if (!document.hidden) all().forEach(box => { box.born ??= performance.now(); beat(box) }) }, MINUTE_MS);

export const start = () => all().forEach(box => { box.born ??= performance.now() });
