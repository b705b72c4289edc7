"""Fixture workbooks as OpenDocument spreadsheets, built from the same sheets as ``workbooks``."""

import io
import re
import zipfile
from xml.sax.saxutils import escape, quoteattr

from .workbooks import Sheets

_NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text")
)


def ods_bytes(sheets: Sheets, as_text: str = r"(?!)") -> bytes:
    """The sheets as an ODS workbook; text that is a whole number becomes a number unless it matches ``as_text``."""
    body = "".join(
        f"<table:table table:name={quoteattr(name)}>{''.join(_row(row, as_text) for row in rows)}{_BLANK_END}</table:table>"
        for name, rows in sheets.items()
    )
    return document_bytes(body)


def document_bytes(body: str) -> bytes:
    """An ODS workbook around the XML of its sheets."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES}><office:body><office:spreadsheet>'
            f"{body}</office:spreadsheet></office:body></office:document-content>",
        )
    return content.getvalue()


# What spreadsheet programs put after the last row.
_BLANK_END = (
    '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/>'
    "</table:table-row>"
)


def _row(values: list[str], as_text: str) -> str:
    return f"<table:table-row>{''.join(_cell(value, as_text) for value in values)}</table:table-row>"


def _cell(text: str, as_text: str) -> str:
    if not text:
        return "<table:table-cell/>"
    if re.fullmatch(r"-?\d+", text) and not re.fullmatch(as_text, text):
        return f'<table:table-cell office:value-type="float" office:value="{text}"><text:p>{int(text):,}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'
