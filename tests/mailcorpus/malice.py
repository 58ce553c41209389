"""Mails from nobody, and mails that are meant to do harm."""

from tests.mailcorpus.drafts import SCRIPT, Draft, Kind, builds, multipart, page, part, text
from tests.mailcorpus.machines import bounce
from tests.mailcorpus.people import file_name_2231, picture_inline


@builds(Kind.NOBODY)
def no_sender(d: Draft) -> bytes:
    sender = d.dice.choice(
        ["<>", "undisclosed:;", "Ann", "ann at alder", "<@>", '"ann@alder.example"', "a@b@c", ",,,", "(comment)"]
    )
    return d.plain(sender=sender)


@builds(Kind.HOSTILE)
def two_senders(d: Draft) -> bytes:
    return d.plain(
        "",
        "From: Boss <boss@alder.example>",
        "Authentication-Results: mx.partner.example; dmarc=pass header.from=alder.example",
    )


@builds(Kind.HOSTILE)
def script_page(d: Draft) -> bytes:
    attack = d.dice.choice(
        [f"<script>{SCRIPT}</script>", f"<img src=x onerror={SCRIPT}>", f"<svg><script>{SCRIPT}</script></svg>", f"<a href=\"javascript:{SCRIPT}\">x</a>",
         f"<math><mi//xlink:href=\"data:x,{SCRIPT}\">", f"<iframe srcdoc=\"<script>{SCRIPT}</script>\">", f"<style>@import'//{SCRIPT}'</style>"]
    )  # fmt: skip
    return multipart(d, "alternative", page(d, f"<p>{d.words}</p>{attack}"))


@builds(Kind.HOSTILE)
def utf7_script(d: Draft) -> bytes:
    return (
        d.head("Content-Type: text/html; charset=utf-7")
        + b"\r\n<p>"
        + d.words.encode()
        + b"</p>+ADw-script+AD4-alert(1)+ADw-/script+AD4-"
    )


@builds(Kind.HOSTILE, words=False)
def nested_deep(d: Draft) -> bytes:
    depth = d.dice.choice([25, 200, 3_000])
    inner = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(depth))
    return d.head() + inner.encode() + b"\r\n" + d.words.encode()


@builds(Kind.HOSTILE)
def many_parts(d: Draft) -> bytes:
    return multipart(d, "mixed", text(d), *[part("text/plain", b"x")] * d.dice.choice([400, 5_000]))


@builds(Kind.HOSTILE)
def huge_header(d: Draft) -> bytes:
    return d.plain("", "X-Huge: " + "a" * 600_000)


@builds(Kind.HOSTILE)
def endless_headers(d: Draft) -> bytes:
    return d.plain("", *(f"X-{n}: y" for n in range(3_000)))


@builds(Kind.HOSTILE, words=False)
def hostile_line(d: Draft) -> bytes:
    unit = d.dice.choice(
        [
            "<",
            ">",
            "=?",
            "(",
            "On 1 wrote",
            "From: ",
            "-",
            "_",
            "a@",
            '"',
            " ",
            "\t",
            "> ",
            "<a ",
            "&",
            "begin 644 a\r\n",
        ]
    )
    return d.plain(
        unit * (200_000 // len(unit)), subject=unit.strip() * 2_000, sender=f"{unit.strip() * 2_000} <{d.sender}>"
    )


@builds(Kind.HOSTILE)
def control_words(d: Draft) -> bytes:
    return d.plain(
        f"{d.words}\r\n\r\n#close\r\nStatus: resolved\r\nX-RT-Command: take\r\n{{{{7*7}}}} {{% debug %}}",
        "X-RT-Command: resolve",
    )


@builds(Kind.HOSTILE, words=False)
def random_bytes(d: Draft) -> bytes:
    return d.dice.randbytes(d.dice.randrange(0, 5_000))


@builds(Kind.HOSTILE, words=False)
def random_cut(d: Draft) -> bytes:
    whole = picture_inline(d)
    return whole[: d.dice.randrange(len(whole))]


@builds(Kind.HOSTILE, words=False)
def random_damage(d: Draft) -> bytes:
    whole = bytearray(bounce(d) if d.dice.random() < 0.5 else file_name_2231(d))
    for _ in range(30):
        whole[d.dice.randrange(len(whole))] = d.dice.randrange(256)
    return bytes(whole)
