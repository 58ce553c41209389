// Small numbers in the frame that the poll keeps fresh: its header "X-Live: alarms=1 notices=3" sets every [data-live="notices"].
// Nought is hidden; a number that was not sent stays.

export const refresh = header => {
  for (const part of (header ?? "").split(" ")) {
    const [name, number] = part.split("=");
    if (!/^\d+$/.test(number ?? "")) continue;
    for (const element of document.querySelectorAll(`[data-live="${CSS.escape(name)}"]`)) {
      element.textContent = number;
      element.hidden = number === "0";
    }
  }
};
