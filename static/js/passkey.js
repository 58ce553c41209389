// The device refused, or the person thought better of it: a sentence instead of silence.
const sentence = document.getElementById("passkey_error");

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  if (sentence) sentence.hidden = false;
});
