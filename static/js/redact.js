// Areas of a picture are drawn with the pointer; each becomes a line of percentages in the form, which works without this too.
export function start(root) {
  for (const picture of root.querySelectorAll("img[data-areas]:not([data-drawn])")) {
    picture.dataset.drawn = "";
    picture.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const from = place(picture, event);
      picture.setPointerCapture(event.pointerId);
      picture.addEventListener("pointerup", (end) => add(picture, from, place(picture, end)), { once: true });
    });
  }
}

function place(picture, event) {
  const box = picture.getBoundingClientRect();
  const share = (at, size) => Math.max(0, Math.min(100, (100 * at) / size));
  return [share(event.clientX - box.left, box.width), share(event.clientY - box.top, box.height)];
}

function add(picture, a, b) {
  const field = document.getElementById(picture.dataset.areas);
  const least = [0, 1].map((axis) => Math.floor(Math.min(a[axis], b[axis])));
  const most = [0, 1].map((axis) => Math.ceil(Math.max(a[axis], b[axis])));
  if (least[0] === most[0] || least[1] === most[1]) return;
  field.value = [...field.value.split("\n").filter((line) => line.trim()), [...least, ...most].join(" ")].join("\n");
  paint(picture, [...least, ...most]);
}

function paint(picture, [left, top, right, bottom]) {
  const area = document.createElement("span");
  Object.assign(area.style, { left: `${left}%`, top: `${top}%`, width: `${right - left}%`, height: `${bottom - top}%` });
  picture.parentElement.append(area);
}
