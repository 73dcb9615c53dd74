"""An outline as a Word document: paragraphs, tables, charts, the table of contents, footnotes and references."""
