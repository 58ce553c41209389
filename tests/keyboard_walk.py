"""A page as somebody without a mouse meets it: `walk` presses Tab from its top to its end and says what is wrong on the way;
`opened_and_closed` does so for its menus and dialogs; `lost_by_spacing` for people who set their own text spacing."""

from typing import Any

from playwright.sync_api import Page

# Everything the Tab key should reach, in the order of the page. Of a group of radio buttons only one is a stop.
PREPARE = """() => {
  const wanted = 'a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex]';
  const shown = one => one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0 && !one.closest('[inert]');
  const stops = [...document.querySelectorAll(wanted)].filter(shown).filter(one => {
    if (one.type !== 'radio') return true;
    const group = [...document.querySelectorAll(`input[type=radio][name="${one.name}"]`)].filter(other => other.form === one.form);
    return one === (group.find(other => other.checked) ?? group[0]);
  });
  // The next Tab starts from here: the top of the page, as after loading it.
  const top = document.querySelector('[data-walk-top]') ?? document.createElement('span');
  top.dataset.walkTop = '';
  top.tabIndex = -1;
  document.body.prepend(top);
  top.focus();
  window.stops = stops;
  return stops.length;
}"""

# Where the focus is, how its ring looks, and whether something lies over it.
LOOK = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = colour => { paint.clearRect(0, 0, 1, 1); paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1); return [...paint.getImageData(0, 0, 1, 1).data] };
  const part = value => value / 255 <= .04045 ? value / 255 / 12.92 : ((value / 255 + .055) / 1.055) ** 2.4;
  const light = ([red, green, blue]) => .2126 * part(red) + .7152 * part(green) + .0722 * part(blue);
  const ground = from => { for (let box = from; box; box = box.parentElement) { const found = rgba(getComputedStyle(box).backgroundColor); if (found[3] === 255) return found } return [255, 255, 255, 255] };
  const drawn = box => {
    const style = getComputedStyle(box), size = box.getBoundingClientRect();
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && Number(style.opacity) > .5 && size.width > 3 && size.height > 3;
  };
  const ringed = [one, ...(one.labels ?? []), one.parentElement, one.parentElement?.parentElement].find(box => box && drawn(box));
  let contrast = 0;
  if (ringed) {
    const style = getComputedStyle(ringed);
    const [a, b] = [light(rgba(style.outlineColor)), light(ground(parseFloat(style.outlineOffset) < 0 ? ringed : ringed.parentElement))].sort((x, y) => y - x);
    contrast = (a + .05) / (b + .05);
  }
  const seen = ringed ?? one;
  const parts = [...seen.getClientRects()].filter(box => box.width && box.height);
  const mine = point => { const met = document.elementFromPoint(...point); return met && (seen.contains(met) || (one.labels && [...one.labels].some(label => label.contains(met))) || met.contains(seen) && met.matches('label')) };
  const points = parts.flatMap(box => [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].map(([x, y]) => [box.x + box.width * x, box.y + box.height * y]));
  const onScreen = points.filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
  return {
    parts: ['date', 'time', 'month', 'datetime-local'].includes(one.type),
    at: window.stops.indexOf(one), html: one.outerHTML.replace(/\\s+/g, ' ').slice(0, 110), ring: Boolean(ringed), contrast,
    free: onScreen.length ? onScreen.filter(mine).length / onScreen.length : 0,
  };
}"""

HTML = "at => window.stops[at].outerHTML.replace(/\\s+/g, ' ').slice(0, 110)"
OPENERS = """() => [...document.querySelectorAll('details.menu > summary, [popovertarget], [data-palette], [data-open-keys]')]
  .filter(one => one.checkVisibility({ visibilityProperty: true })).map(one => window.stops.indexOf(one)).filter(at => at >= 0)"""
OPEN = "document.querySelectorAll('details.menu[open], dialog[open], [popover]:popover-open').length"

SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('*:not(svg, svg *) { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }');
  document.adoptedStyleSheets = [sheet];
  const cut = one => {
    const style = getComputedStyle(one);
    if (!['hidden', 'clip'].includes(style.overflowX) || style.textOverflow === 'ellipsis' || style.clipPath !== 'none' || style.webkitLineClamp !== 'none') return false;
    return one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1;
  };
  const found = [...document.querySelectorAll('body *')].filter(one => one.checkVisibility() && one.textContent.trim() && cut(one));
  const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  const wide = over > 0 && [...document.querySelectorAll('body *')].find(one => one.checkVisibility() && !one.closest('.scroll-x') && one.getBoundingClientRect().right > innerWidth + 1);
  document.adoptedStyleSheets = [];
  return [...found.slice(0, 3).map(one => `text is cut: ${one.outerHTML.slice(0, 110)}`), ...(over > 0 ? [`${over} px too wide with spaced text: ${wide?.outerHTML.slice(0, 110)}`] : [])];
}"""

PARTS = 5  # a date is a day, a month, a year and a button, each a stop of its own
SCROLL_MS = 150
LEAST_CONTRAST = 3  # WCAG 2.2, 1.4.11
LEAST_FREE = 0.6  # the clause asks for any part of it (2.4.11); a control half under a bar is bad enough for us


def walk(page: Page) -> list[str]:
    """What is wrong on the way of the Tab key through this page: stops left out, out of order, unseen, covered, or no way on."""
    count = page.evaluate(PREPARE)
    found: list[str] = []
    met: list[int] = []
    stays = 0
    for _step in range(count * 2 + PARTS):
        page.keyboard.press("Tab")
        stop = page.evaluate(LOOK)
        if stop and stop["free"] < LEAST_FREE:  # what scrolls to the focus may be on its way
            page.wait_for_timeout(SCROLL_MS)
            stop = page.evaluate(LOOK)
        if stop is None or (met and stop["at"] == met[0] != met[-1]):
            break
        stays = stays + 1 if met and stop["at"] == met[-1] else 0
        if stays > (PARTS if stop["parts"] else 0):
            return [*found, f"trapped at {stop['html']}"]
        if not stays:
            found += wrongs_of(stop)
            met.append(stop["at"])
    if met != sorted(met):
        found.append(f"out of order: {met}")
    return found + [f"never reached: {page.evaluate(HTML, at)}" for at in range(count) if at not in met]


def wrongs_of(stop: dict[str, Any]) -> list[str]:
    found = []
    if not stop["ring"]:
        found.append(f"no visible focus: {stop['html']}")
    elif stop["contrast"] < LEAST_CONTRAST:
        found.append(f"focus ring of {stop['contrast']:.1f}:1 only: {stop['html']}")
    if stop["free"] < LEAST_FREE:
        found.append(f"covered, {stop['free']:.0%} free: {stop['html']}")
    return found


def opened_and_closed(page: Page) -> list[str]:
    """Which menu or dialog does not open by Enter, close by Escape, or give the focus back."""
    page.evaluate(PREPARE)
    found = []
    for at in page.evaluate(OPENERS):
        name = page.evaluate(HTML, at)
        page.evaluate(f"window.stops[{at}].focus()")
        page.keyboard.press("Enter")
        if not page.evaluate(OPEN):
            found.append(f"does not open by Enter: {name}")
        page.keyboard.press("Escape")
        if page.evaluate(OPEN):
            found.append(f"does not close by Escape: {name}")
        if not page.evaluate(f"document.activeElement === window.stops[{at}]"):
            found.append(f"takes the focus and keeps it: {name}")
    return found


def lost_by_spacing(page: Page) -> list[str]:
    """What a reader loses who widens lines, letters and words as far as WCAG 2.2, 1.4.12 says."""
    return list(page.evaluate(SPACING))


# Forms that cannot pass when their texts are taken out, by their place among the page's forms.
NEEDY = """() => [...document.forms].map((form, at) => [form, at]).filter(([form]) => form.method === 'post' && form.checkVisibility()
  && form.querySelector(':is(textarea, input:not([type=checkbox], [type=radio], [type=hidden], [type=file], [type=color]))[required]')
  && !form.closest('details:not([open]), [inert]')).map(([, at]) => at)"""
EMPTY_IT = """at => {
  const form = document.forms[at];
  form.noValidate = true;
  for (const field of form.querySelectorAll('textarea, input:not([type=checkbox], [type=radio], [type=hidden], [type=file], [type=color])')) field.value = '';
  form.setAttribute('data-emptied', '');
  (form.querySelector('button:not([type=button])') ?? document.querySelector(`button[form="${form.id}"]`)).click();
}"""
REFUSED = """() => {
  const summary = document.querySelector('[data-errors]');
  if (!summary) return ['no list of what to mend'];
  const told = [];
  if (document.activeElement !== summary) told.push(`the focus is at ${document.activeElement.outerHTML.slice(0, 90)}`);
  const links = [...summary.querySelectorAll('a')];
  if (!links.length) told.push('the list leads nowhere');
  for (const link of links) if (!document.getElementById(link.hash.slice(1))) told.push(`no field ${link.hash}`);
  const wrong = [...document.querySelectorAll('[aria-invalid=true]')];
  if (!wrong.length) told.push('no field is marked as wrong');
  for (const field of wrong) {
    const ids = (field.getAttribute('aria-describedby') ?? field.closest('fieldset')?.getAttribute('aria-describedby') ?? '').split(' ');
    if (!ids.some(id => id && document.getElementById(id)?.textContent.trim() && document.getElementById(id).matches('.error'))) told.push(`its fault is not tied to ${field.outerHTML.slice(0, 90)}`);
  }
  return told;
}"""


def refused_badly(page: Page, address: str) -> list[str]:
    """Which form of the page, sent empty, does not say what to mend: a list that has the focus, leads to the fields, and marks them."""
    page.goto(address)
    found = []
    for at in page.evaluate(NEEDY):
        page.goto(address)
        name = page.evaluate("at => document.forms[at].action", at)
        page.evaluate(EMPTY_IT, at)
        page.wait_for_function("!document.querySelector('[data-emptied]')")
        page.wait_for_load_state()
        found += [f"{name}: {fault}" for fault in page.evaluate(REFUSED)]
    return found
