// A button beside a new password that shows and hides what was typed; without it the field is a plain password field.
export function start(root) {
  for (const input of root.querySelectorAll("input[data-reveal]:not([data-reveal-ready])")) {
    input.dataset.revealReady = "";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn quiet";
    button.setAttribute("aria-controls", input.id);
    const show = shown => {
      input.type = shown ? "text" : "password";
      button.textContent = shown ? "Hide the password" : "Show the password";
    };
    button.addEventListener("click", () => show(input.type === "password"));
    // The browser's password store looks at the field's kind when the form leaves.
    input.form?.addEventListener("submit", () => show(false));
    show(false);
    input.after(button);
  }
}
