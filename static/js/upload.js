// Files: [data-upload] wraps one file input. Paste, drag and the phone's camera add to it; the list shows every file with a remove
// button; a form with files is sent with a progress bar and the answer takes the page's place, as if the browser had sent it.
const size = bytes => bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} kB` : `${(bytes / 1048576).toFixed(1)} MB`;
const main = box => box.querySelector("input[type=file]:not([capture])");

const list = box => {
  const names = box.querySelector(".chosen");
  const files = [...main(box).files];
  names.replaceChildren(...files.map((file, index) => {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = file.name;
    const note = document.createElement("small");
    note.textContent = size(file.size);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn quiet";
    button.textContent = "Remove";
    button.setAttribute("aria-label", `Remove ${file.name}`);
    button.addEventListener("click", () => { put(box, files.filter((_, i) => i !== index)); main(box).focus() });
    item.append(name, note, button);
    return item;
  }));
  const most = Number(box.dataset.maxBytes ?? 0);
  const over = most && files.find(file => file.size > most);
  const says = box.querySelector("[data-upload-says]");
  says.textContent = over ? `${over.name} is larger than ${size(most)}. Please leave it out or share a link.` : files.length ? `${files.length} ${files.length === 1 ? "file" : "files"} chosen` : "";
};

const put = (box, files) => {
  const bag = new DataTransfer();
  for (const file of files) bag.items.add(file);
  main(box).files = bag.files;
  list(box);
};
const add = (box, files) => { if (files.length) put(box, [...main(box).files, ...files]) };
const near = target => target.closest?.("[data-upload]") ?? target.closest?.("form")?.querySelector("[data-upload]");

document.addEventListener("change", event => {
  const box = event.target.matches("[data-upload] input[type=file]") && event.target.closest("[data-upload]");
  if (!box) return;
  if (event.target.hasAttribute("capture")) { add(box, [...event.target.files]); event.target.value = ""; return }
  put(box, [...(box.kept ?? []), ...event.target.files]);
});
document.addEventListener("click", event => {
  const box = event.target.matches("[data-upload] input[type=file]") && event.target.closest("[data-upload]");
  if (box) box.kept = [...main(box).files]; // choosing again adds to what is there
});
document.addEventListener("paste", event => {
  const box = near(event.target);
  const files = [...(event.clipboardData?.files ?? [])];
  if (box && files.length) { event.preventDefault(); add(box, files) }
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, event => {
    const box = near(event.target);
    if (!box || !event.dataTransfer?.types.includes("Files")) return;
    if (kind !== "dragleave") event.preventDefault();
    box.classList.toggle("over", kind === "dragover");
    if (kind === "drop") add(box, [...event.dataTransfer.files]);
  });
}

const replace = request => {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  history.pushState(null, "", request.responseURL);
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  window.htmx?.process(document.body);
  scrollTo(0, 0);
  document.querySelector("main")?.focus({ preventScroll: true }); // as after loading; a list of what to mend takes it from there
  document.dispatchEvent(new Event("portal:replaced"));
};

document.addEventListener("submit", event => {
  const form = event.target;
  const box = form.querySelector?.("[data-upload]");
  if (event.defaultPrevented || !box || !main(box).files.length || form.matches("[hx-post]")) return;
  event.preventDefault();
  const bar = box.querySelector("progress");
  const says = box.querySelector("[data-upload-says]");
  const request = new XMLHttpRequest();
  request.open(form.method, form.action);
  request.upload.addEventListener("progress", step => { bar.hidden = false; bar.max = step.total; bar.value = step.loaded; says.textContent = `Sending ${size(step.loaded)} of ${size(step.total)}` });
  request.addEventListener("load", () => replace(request));
  request.addEventListener("error", () => { bar.hidden = true; says.textContent = "The files did not get through. Check your connection and send again; nothing you wrote is lost."; form.dispatchEvent(new Event("portal:failed", { bubbles: true })) });
  const body = new FormData(form, event.submitter ?? undefined);
  request.send(body);
});

// With a script the bare file input steps aside for its label, which looks like a button; it stays in the tab order.
export const start = root => {
  for (const box of root.querySelectorAll("[data-upload]:not(.ready)")) box.classList.add("ready");
};
