"""`python -m survey report lint` and `report reference`: Word files against the official format. Neither needs an installation."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from analysis.report.official.house_style import check_reference
from analysis.report.official.lint.check import lint_document
from analysis.report.official.lint.findings import Finding
from questionnaires.errors import ErrorCode, SurveyError
from survey.console import counted
from survey.pages.language import LANGUAGES

LINT_SAID = {"zh": ("符合格式。", "{n}处不符合格式。"), "en": ("keeps to the format.", "{n} from the format.")}
REFERENCE_SAID = {
    "zh": ("可以使用。", "可以使用，有{n}处与标准格式不同。"),
    "en": ("can be used.", "can be used, with {n} from the format."),
}


@contextmanager
def _refusals_in(language: str) -> Iterator[None]:
    """Says in the wanted language why a file is not read."""
    try:
        yield
    except SurveyError as error:
        if error.code is ErrorCode.UNREADABLE_DOCUMENT and language == "zh":
            raise click.ClickException(f"无法读取 {error.values['file']}：{error.values['detail_zh']}。") from error
        raise


def _print(findings: Sequence[Finding], file: Path, language: str, *, as_json: bool, said: Mapping[str, tuple[str, str]]) -> None:
    """The findings one a line, or as JSON; the end of it on standard error."""
    if as_json:
        click.echo(json.dumps([finding.record() for finding in findings], ensure_ascii=False, indent=1))
        return
    mark, end = ("：", "。") if language == "zh" else (": ", ". ")
    for finding in findings:
        click.echo(f"{finding.where(language)}{mark}{finding.message(language)}{end}{finding.remedy(language)}{end.strip()}")
    none, some = said[language]
    number = str(len(findings)) if language == "zh" else counted(len(findings), "departure")
    click.echo(f"{file.name}{mark}{some.format(n=number) if findings else none}", err=True)


@click.command("lint", short_help="Check a Word file against the official format.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.docx")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="zh", show_default=True, help="Language of the findings.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs, in both languages.")
def lint(file: Path, language: str, as_json: bool) -> None:
    """Check any Word file against the official format (GB/T 9704-2012) and list what departs from it: where, what was measured, what is
    required, and what to do. The file is not changed.

    Exits with 1 when something departs. Of a file that is not in Chinese only paper, tables, pictures and what is left of editing are
    checked.
    """
    with _refusals_in(language):
        findings = lint_document(file)
    _print(findings, file, language, as_json=as_json, said=LINT_SAID)
    if findings:
        raise click.exceptions.Exit(1)


@click.command("reference", short_help="Check an organisation's reference document.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.docx")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="zh", show_default=True, help="Language of the findings.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs, in both languages.")
def reference(file: Path, language: str, as_json: bool) -> None:
    """Tell what an organisation's own reference document lacks before reports are drafted in it: styles, page, page numbers.

    Exits with 0 also when something is missing, because the program adds it; with 1 for a file that cannot be used.
    """
    with _refusals_in(language):
        findings = check_reference(file)
    _print(findings, file, language, as_json=as_json, said=REFERENCE_SAID)
