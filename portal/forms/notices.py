"""How a person wants to be told: one field for each kind of notice that they may get."""

from collections.abc import Sequence
from typing import Any

from django import forms

from portal.rules.notices import WAY_WORDS, Kind, Way


class ChoicesForm(forms.Form):
    """kinds: each kind with the way in which the person is told at present. `ways()` is what they chose."""

    def __init__(self, kinds: Sequence[tuple[Kind, Way]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {f"kind_{number}": kind for number, (kind, _) in enumerate(kinds)}
        for field, (kind, way) in zip(self.names, kinds, strict=True):
            self.fields[field] = forms.ChoiceField(
                label=str(kind.label),
                help_text=str(kind.when),
                choices=[(one.value, WAY_WORDS[one]) for one in kind.ways],
                initial=way.value,
                disabled=len(kind.ways) == 1,
            )

    def ways(self) -> dict[str, Way]:
        """The chosen way by kind. Only after is_valid()."""
        return {kind.name: Way(self.cleaned_data[field]) for field, kind in self.names.items()}

    def lines(self) -> list[tuple[Kind, forms.BoundField]]:
        """Each kind with its field, for the page."""
        return [(kind, self[field]) for field, kind in self.names.items()]
