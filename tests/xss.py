"""Three hundred ways by which HTML has been made to run something or to call home: payloads x places. `ping` is called when one works."""

import re
from html.parser import HTMLParser

from tickets.rules.mail import pages

CALLS = "ping(1)"
AWAY = "http://away.example"
BARE = [
    "<script>{c}</script>", "<ScRiPt>{c}</sCrIpT>", "<script src={a}/x.js></script>", "<script/x>{c}</script>", "<script\n>{c}</script>",
    "<scr<script>ipt>{c}</scr</script>ipt>", "<img src=x onerror={c}>", "<img src=x onerror='{c}'>", "<img/src=x/onerror={c}>",
    "<img src='x'onerror={c}>", "<img src=x:x onerror\n=\n{c}>", "<IMG SRC=x OnErRoR={c}>", "<img src={a}/p.gif>", "<img srcset='{a}/p.gif 1x'>",
    "<svg onload={c}>", "<svg/onload={c}>", "<svg><script>{c}</script></svg>", "<svg><animate onbegin={c} attributeName=x dur=1s>",
    "<svg><set onbegin={c} attributename=x>", "<svg><image href={a}/p.svg />", "<svg><use href='data:image/svg+xml,<svg id=x onload={c}/>#x'/>",
    "<svg><a xlink:href=javascript:{c}><text y=20>x</text></a></svg>", "<svg><foreignObject><script>{c}</script></foreignObject></svg>",
    "<math><a href=javascript:{c}>x</a></math>", "<math><mtext><table><mglyph><style><img src=x onerror={c}></style></mglyph></table></mtext></math>",
    "<iframe src=javascript:{c}></iframe>", "<iframe srcdoc='<script>parent.{c}</script>'></iframe>", "<iframe src={a}></iframe>", "<iframe onload={c}></iframe>",
    "<object data=javascript:{c}></object>", "<object data='data:text/html,<script>{c}</script>'></object>", "<embed src=javascript:{c}>", "<embed src={a}/x.swf>",
    "<applet code={c}></applet>", "<base href={a}/><img src=p.gif>", "<meta http-equiv=refresh content='0;url=javascript:{c}'>", "<meta http-equiv=refresh content='0;{a}'>",
    "<link rel=stylesheet href={a}/x.css>", "<link rel=prefetch href={a}/x>", "<link rel=dns-prefetch href={a}>", "<style>@import '{a}/x.css';</style>",
    "<style>body{{background:url({a}/p.gif)}}</style>", "<p style='background:url({a}/p.gif)'>x</p>", "<div style=\"background-image:url('{a}/p.gif')\">x</div>",
    "<div style='width:expression({c})'>", "<table background={a}/p.gif><tr><td background={a}/q.gif>x", "<body background={a}/p.gif>", "<body onload={c}>",
    "<a href=javascript:{c} autofocus onfocus={c}>x</a>", "<a href='java\tscript:{c}' class=click>x</a>", "<a href='java\nscript:{c}' class=click>x</a>",
    "<a href='&#106;avascript:{c}' class=click>x</a>", "<a href='&#x6A;avascript:{c}' class=click>x</a>", "<a href=' javascript:{c}' class=click>x</a>",
    "<a href='\x01javascript:{c}' class=click>x</a>", "<a href='vbscript:{c}'>x</a>", "<a href='data:text/html,<script>{c}</script>'>x</a>",
    "<a href=# onclick={c} class=click>x</a>", "<a href='JaVaScRiPt&colon;{c}' class=click>x</a>", "<input autofocus onfocus={c}>", "<select autofocus onfocus={c}>",
    "<textarea autofocus onfocus={c}>", "<keygen autofocus onfocus={c}>", "<button autofocus onfocus={c}>", "<details open ontoggle={c}>", "<video src=x onerror={c}>",
    "<video poster={a}/p.gif>", "<audio src=x onerror={c}>", "<audio src={a}/x.mp3 autoplay>", "<video><source src={a}/x.mp4 onerror={c}></video>", "<marquee onstart={c}>",
    "<form action={a}><button autofocus>x</button></form>", "<form action=javascript:{c}><input type=submit class=click></form>", "<isindex action=javascript:{c} type=image>",
    "<input type=image src={a}/p.gif>", "<noscript><p title='</noscript><img src=x onerror={c}>'>", "<xmp><p title='</xmp><img src=x onerror={c}>'>",
    "<textarea><p title='</textarea><img src=x onerror={c}>'>", "<title><p title='</title><img src=x onerror={c}>'>", "<style><p title='</style><img src=x onerror={c}>'>",
    "<!--><img src=x onerror={c}>-->", "<!-- --!><img src=x onerror={c}>", "<![CDATA[<img src=x onerror={c}>]]>", "<?xml <img src=x onerror={c}>?>",
    "<p title=\"</p><img src=x onerror={c}>\">", "<b><a href=\"x\" title=\"><img src=x onerror={c}>\">", "<template><img src=x onerror={c}></template>",
    "<x onclick={c} class=click>x", "<p/onmouseover={c} class=click>x", "<img alt=\"<x\" title=\"/><img src=x onerror={c}>\">", "<frameset onload={c}>",
    "<table><td><img src=x onerror={c}></table>", "<img src=`x` onerror={c}>", "<img \x00src=x onerror={c}>", "<\x00script>{c}</script>", "<img src=x onerror\x0b={c}>",
    "+ADw-script+AD4-{c}+ADw-/script+AD4-", "<img src=x oner\u200bror={c}>", "<im\u200bg src=x onerror={c}>", "<scr\u202eipt>{c}</script>", "&lt;script&gt;{c}&lt;/script&gt;",
]  # fmt: skip
PLACES = ["{p}", "<p>words <b>{p}</b> more</p>", "<table><tr><td>{p}</td></tr></table><div class=gmail_quote>{p}</div>"]
PAYLOADS = [place.replace("{p}", bare.format(c=CALLS, a=AWAY)) for bare in BARE for place in PLACES]


ALLOWED = {"a": {"href", "rel"}, "img": {"src", "alt"}}


class Inventory(HTMLParser):
    """Every tag and attribute of a page that is not on the list."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.wrong += [tag] if tag not in pages.TAGS else []
        for name, value in attrs:
            good = name in ALLOWED.get(tag, set()) and (name != "href" or re.match("https?:|mailto:|tel:", value or ""))
            good = good and (name != "src" or re.fullmatch(r"cid:\d+", value or ""))
            self.wrong += [] if good else [f"{tag} {name}={value}"]


def wrong_in(page: str) -> list[str]:
    inventory = Inventory()
    inventory.feed(page)
    return inventory.wrong
