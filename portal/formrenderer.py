"""How forms look: Django's own field groups, in the project's one template (labels, help, errors and ARIA in place)."""

from django.forms.renderers import TemplatesSetting


class PortalRenderer(TemplatesSetting):
    """FORM_RENDERER. `{{ form.name.as_field_group }}` uses templates/forms/field.html; widgets come from Django."""

    field_template_name = "forms/field.html"
    form_template_name = "forms/form.html"
