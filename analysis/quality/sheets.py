"""The sheet to take along to one pair: what to ask, as a Word document with room for what comes out."""

from datetime import date

from analysis.codebook import label_in
from analysis.quality.asking import Finding, Pair, ask_pair
from analysis.quality.asking_words import SHEET
from analysis.quality.checks import Quality
from analysis.quality.material import Material
from analysis.quality.words import TITLES
from analysis.report.outline import Block, Heading, Outline, Paragraph, Row, Table
from analysis.report.word.document import write_word
from analysis.words import NO_VALUE

LISTED_AT_MOST = 20


def sheet_outline(quality: Quality, pair: Pair, visit_title: str, language: str) -> Outline:
    """The sheet of one pair and form as data."""
    material, words = quality.material, SHEET[language]
    findings = ask_pair(quality, pair, language)
    concerned = {instance_id for finding in findings for instance_id in finding.interviews}
    form = label_in(material.form.title, language, material.form.form_id)
    counts = {"form": form, "n": len(pair.instance_ids), "n_findings": len(findings), "n_concerned": len(concerned)}
    people = words["pair"].format(lead=material.person(pair.lead_id), second=material.person(pair.second_id))
    blocks: list[Block] = [
        Paragraph(visit_title, "subtitle"),
        Paragraph(words["notice"], "notice"),
        Paragraph(people),
        Paragraph(words["counts"].format(**counts)),
    ]
    if not findings:
        blocks.append(Paragraph(words["nothing"]))
    last = ""
    for finding in findings:
        if finding.check != last:
            blocks.append(Heading(TITLES[language][finding.check]))
        last = finding.check
        blocks += [Paragraph(finding.text), Paragraph(words["ask"].format(question=finding.question))]
        if finding.interviews:
            blocks.append(_interviews(material, finding, language))
    blocks.append(Paragraph(words["signed"]))
    return Outline(words["title"], language, tuple(blocks), subject=visit_title, keywords=material.visit_id)


def write_sheet(quality: Quality, pair: Pair, visit_title: str, *, language: str, today: date) -> bytes:
    """The sheet of one pair and form as the bytes of a .docx file."""
    return write_word(sheet_outline(quality, pair, visit_title, language), today=today)


def _interviews(material: Material, finding: Finding, language: str) -> Table:
    words = SHEET[language]
    shown = list(finding.interviews.items())[:LISTED_AT_MOST]
    left = len(finding.interviews) - len(shown)
    note = words["more"].format(n=left) if left else ""
    names = [material.labels.get(instance_id, instance_id) for instance_id, _told in shown]
    if not any(told for _instance_id, told in shown):
        return Table(words["interviews"], (words["interview"], words["answer"]), tuple(Row((name, "")) for name in names), (3, 7), note)
    rows = tuple(Row((name, told or NO_VALUE, "")) for name, (_instance_id, told) in zip(names, shown, strict=True))
    return Table(words["interviews"], (words["interview"], words["found"], words["answer"]), rows, (3, 3, 4), note)
