"""Our own facts in the PDF's XMP metadata, with the extension schema that PDF/A asks for before it allows foreign words."""

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

NAMESPACE = "urn:partner-portal:document:1#"
_MEANINGS = {
    "SnapshotSha256": "SHA-256 of the canonical JSON this document was printed from",
    "TemplateVersion": "Version of the template, style sheet, fonts and engine",
    "AuditHead": "Head of the audit chain: chain, sequence number, hash",
    "DocumentNumber": "Number of the document",
    "DocumentKind": "Kind of the document",
}
_PROPERTY = (
    '<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
    "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>"
    "<pdfaProperty:description>{meaning}</pdfaProperty:description></rdf:li>"
)
_SCHEMA = (
    '<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" '
    'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    "<pdfaSchema:schema>Document facts</pdfaSchema:schema><pdfaSchema:namespaceURI>{namespace}</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>portal</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq>"
    "</pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)
_END = b"</rdf:RDF>"


def add_facts(pdf: Any, facts: Mapping[str, str]) -> None:
    """Write the facts into the metadata stream of a pydyf PDF that is about to be written.

    They go inside the one rdf:RDF element: WeasyPrint's own option would add a second one, which readers ignore.
    """
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.stream = [part.replace(_END, _description(facts).encode() + _END) for part in metadata.stream]


def _description(facts: Mapping[str, str]) -> str:
    properties = "".join(_PROPERTY.format(name=name, meaning=_MEANINGS[name]) for name in sorted(facts))
    values = "".join(f"<portal:{name}>{escape(facts[name])}</portal:{name}>" for name in sorted(facts))
    return (
        _SCHEMA.format(namespace=NAMESPACE, properties=properties)
        + f'<rdf:Description rdf:about="" xmlns:portal="{NAMESPACE}">{values}</rdf:Description>'
    )
