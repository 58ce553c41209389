"""Django's templates, compiled to nodes that draw the same in fewer steps: a page asks for a value a thousand times.

Only the plain case is taken here: a name with attributes, a text or a value that is safe. All else is left to Django, and with
debug on, or with words for what is missing, all nodes are its own.
"""

from typing import Any

from django.conf import settings
from django.template import TemplateDoesNotExist
from django.template.base import (
    FilterExpression,
    Lexer,
    Node,
    NodeList,
    Origin,
    Parser,
    Template,
    Token,
    Variable,
    VariableNode,
    render_value_in_context,
)
from django.template.context import Context
from django.template.loaders import base, cached
from django.utils.safestring import SafeString

from portal.markup import escaped

# Stands for a step that Django has to take: a class, because a value that can be called is never a plain one.
NOT_PLAIN = object


class QuickExpression(FilterExpression):
    """A value: its name is looked up here, with the filters of Django behind it."""

    def __init__(self, token: str, parser: Parser) -> None:
        super().__init__(token, parser)
        plain = isinstance(self.var, Variable) and not self.var.translate and not self.filters
        path: tuple[str, ...] = (self.var.lookups if plain else None) or ("",)
        self.name, self.steps = path[0], path[1:]

    def resolve(self, context: Context, ignore_failures: bool = False) -> Any:
        """The value, "" or None where there is none; where a step is not plain (a list, a call), all of it is Django's.

        Written out in one piece: this is what a page does most often.
        """
        if not self.name:
            return super().resolve(context, ignore_failures)
        for names in reversed(context.dicts):
            if self.name in names:
                value = names[self.name]
                break
        else:
            return None if ignore_failures else ""
        for step in self.steps:
            if type(value) is dict:
                if step not in value and not hasattr(dict, step) and not step.isdigit():
                    return None if ignore_failures else ""
                value = value.get(step, NOT_PLAIN)
            else:
                # A function finds nothing here but what no template asks for, so it ends below as not plain.
                value = NOT_PLAIN if hasattr(type(value), "__getitem__") else getattr(value, step, NOT_PLAIN)
        return super().resolve(context, ignore_failures) if callable(value) else value


class QuickVariable(VariableNode):
    """A value on the page: escaped, unless it is safe."""

    def __init__(self, filter_expression: FilterExpression) -> None:
        super().__init__(filter_expression)
        self.plain_numbers = not settings.USE_THOUSAND_SEPARATOR

    def render(self, context: Context) -> str:
        value = self.filter_expression.resolve(context)
        kind = type(value)
        if kind is SafeString:
            return str(value)
        if kind is str:
            return escaped(value) if context.autoescape else str(value)
        if kind is int and self.plain_numbers:
            return str(value)
        return render_value_in_context(value, context)


class QuickParser(Parser):
    """Makes these of what Django makes for a value, and spares every node the step that only tells where it failed."""

    def compile_filter(self, token: str) -> FilterExpression:
        return QuickExpression(token, self)

    def extend_nodelist(self, nodelist: NodeList, node: Node, token: Token) -> None:
        if type(node) is VariableNode:
            node = QuickVariable(node.filter_expression)
        if type(node).render_annotated is Node.render_annotated:
            setattr(node, "render_annotated", node.render)  # noqa: B010 - mypy: a method
        super().extend_nodelist(nodelist, node, token)


class QuickTemplate(Template):
    """A template of these nodes."""

    def compile_nodelist(self) -> NodeList:
        """Raises TemplateSyntaxError."""
        if self.engine.debug or self.engine.string_if_invalid:
            return super().compile_nodelist()
        libraries, builtins = self.engine.template_libraries, self.engine.template_builtins
        parser = QuickParser(Lexer(self.source).tokenize(), libraries, builtins, self.origin)
        nodes = parser.parse()
        self.extra_data = parser.extra_data
        return nodes


class QuickLoader(base.Loader):
    """Finds what Django finds, and compiles it quick."""

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        """Raises TemplateDoesNotExist, which says where it was looked for."""
        for origin in self.get_template_sources(template_name):
            if skip is not None and origin in skip:
                continue
            try:
                contents = self.get_contents(origin)  # type: ignore[attr-defined]
            except TemplateDoesNotExist:
                continue
            return QuickTemplate(contents, origin, str(origin.template_name), self.engine)
        return super().get_template(template_name, skip)


class Loader(cached.Loader, QuickLoader):
    """The same, once a process."""
