"""Documents in, files out: one self-contained HTML page and one tagged PDF from the same blocks.

What belongs here: how a block looks. What does not: what a document says (``products``, ``wording``) and how numbers are
written (``formats``). Nothing here reads the lake or writes a file; callers get text and bytes.
"""

from reports.render.evidence_page import EVIDENCE_FOLDER, evidence_address
from reports.render.html import render_evidence, render_html, render_page
from reports.render.pdf import render_pdf, typst_source

__all__ = [
    "EVIDENCE_FOLDER",
    "evidence_address",
    "render_evidence",
    "render_html",
    "render_page",
    "render_pdf",
    "typst_source",
]
