"""What a template can settle while it is compiled: tags whose words are all literal become text, and cost a page nothing.

`translate` stands here as a builtin; while one language is spoken (USE_I18N is off) a literal is itself.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, Node, Parser, TextNode, Token, TokenType
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode, URLNode
from django.template.defaulttags import url as do_url
from django.template.library import SimpleNode, parse_bits
from django.templatetags.i18n import BlockTranslateNode, TranslateNode, do_block_translate, do_translate
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import trim_whitespace

from portal.markup import fill

register = template.Library()


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    """Django's own; a literal of the only language is settled here."""
    node: TranslateNode = do_translate(parser, token)
    literal = getattr(node.filter_expression.var, "literal", None) is not None
    if settings.USE_I18N or node.asvar or node.filter_expression.filters or not literal:
        return node
    return TextNode(node.render(Context()))


@register.tag
def blocktranslate(parser: Parser, token: Token) -> Node:
    """The same for a sentence without variables."""
    node: BlockTranslateNode = do_block_translate(parser, token)
    plain = all(part.token_type == TokenType.TEXT for part in node.singular)
    if settings.USE_I18N or node.asvar or node.extra_context or node.plural or not plain:
        return node
    text = "".join(part.contents for part in node.singular)
    return TextNode(trim_whitespace(text) if node.trimmed else text)


CSRF_FIELD = '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
WORD, PLACE = re.compile(r"[A-Za-z0-9-]+"), "one-Word-of-an-Address"


class AddressNode(URLNode):
    """An address with at most one word in it, a reference or a slug: what stands around the word never changes."""

    def render(self, context: Context) -> str:
        """Raises NoReverseMatch."""
        words = [] if self.kwargs or len(self.args) > 1 else [arg.resolve(context) for arg in self.args]
        plain = len(words) == len(self.args) and all(isinstance(word, str) and WORD.fullmatch(word) for word in words)
        around = address_around(self.view_name.resolve(context), len(words)) if plain and not self.kwargs else None
        if around is None:
            return super().render(context)
        address = "".join((around[0], *words, around[1]))
        if self.asvar:
            context[self.asvar] = address
            return ""
        return SafeString(address)


@lru_cache(maxsize=2048)
def address_around(url_name: str, words: int) -> tuple[str, str] | None:
    """What stands before and after the word in a page's address; None where it takes no such word (a number)."""
    try:
        before, _, after = reverse(url_name, args=[PLACE] * words).partition(PLACE)
    except NoReverseMatch:
        return None
    return before, after


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """Django's own, which looked through all addresses of the portal for each on a page."""
    node: URLNode = do_url(parser, token)
    return AddressNode(node.view_name, node.args, node.kwargs, node.asvar)


class TokenNode(CsrfTokenNode):
    """The token of a form. Django looks into the lazy object that holds it four times a form."""

    def render(self, context: Context) -> str:
        token = context.get("csrf_token")
        words = "" if token is None else str(token)
        return fill(CSRF_FIELD, words) if words and words != "NOTPROVIDED" else super().render(context)


@register.tag
def csrf_token(parser: Parser, token: Token) -> Node:
    """Django's own, of this node."""
    return TokenNode()


def settled_tag(name: str, function: Callable[..., str], defaults: tuple[Any, ...]) -> Callable[[Parser, Token], Node]:
    """A tag that gives what the function gives, at once where all it is given is literal. `defaults`: of its last parameters."""
    names = list(function.__code__.co_varnames[: function.__code__.co_argcount])

    def compiled(parser: Parser, token: Token) -> Node:
        bits = token.split_contents()[1:]
        args, kwargs = parse_bits(parser, bits, names, None, None, defaults, [], None, False, name)  # type: ignore[call-arg, arg-type]
        if not all(map(is_literal, (*args, *kwargs.values()))):
            return SimpleNode(function, False, args, kwargs, None)
        nothing = Context()
        given = {key: each.resolve(nothing) for key, each in kwargs.items()}
        return TextNode(function(*[each.resolve(nothing) for each in args], **given))

    return compiled


def is_literal(expression: FilterExpression) -> bool:
    """A text or a number that stands in the template, in the only language."""
    if expression.filters or settings.USE_I18N:
        return False
    return not expression.is_var or expression.var.literal is not None
