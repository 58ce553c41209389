// The one entry. Each module improves markup that works without it; `start(root)` may run again on swapped-in parts.
import * as bulk from "./bulk.js";
import * as composer from "./composer.js";
import * as form from "./form.js";
import * as keyboard from "./keyboard.js";
import * as menu from "./menu.js";
import * as palette from "./palette.js";
import * as poller from "./poller.js";
import * as preview from "./preview.js";
import * as redact from "./redact.js";
import * as reveal from "./reveal.js";
import * as theme from "./theme.js";
import * as tick from "./tick.js";
import * as toast from "./toast.js";
import * as upload from "./upload.js";

const modules = [bulk, composer, form, keyboard, menu, palette, poller, preview, redact, reveal, theme, tick, toast, upload];
const start = root => { for (const module of modules) module.start?.(root) };

document.documentElement.classList.add("js");
start(document);
document.addEventListener("htmx:after:swap", () => start(document));
document.addEventListener("portal:replaced", () => start(document));
