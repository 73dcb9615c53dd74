"""`python -m survey report lint`: any Word file against the official format. Needs no installation."""

import json
from pathlib import Path

import click

from analysis.report.official.lint.check import lint_document
from questionnaires.errors import ErrorCode, SurveyError
from survey.console import counted
from survey.language import LANGUAGES


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
    try:
        findings = lint_document(file)
    except SurveyError as error:
        if error.code is ErrorCode.UNREADABLE_DOCUMENT and language == "zh":
            raise click.ClickException(f"无法读取 {file.name}：{error.values['detail_zh']}。") from error
        raise
    if as_json:
        click.echo(json.dumps([finding.record() for finding in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            mark = "：" if language == "zh" else ": "
            end = "。" if language == "zh" else ". "
            click.echo(f"{finding.where(language)}{mark}{finding.message(language)}{end}{finding.remedy(language)}{end.strip()}")
        if language == "zh":
            click.echo(f"{file.name}：{len(findings)}处不符合格式。" if findings else f"{file.name}：符合格式。", err=True)
        else:
            click.echo(f"{file.name}: {counted(len(findings), 'departure')} from the format.", err=True)
    if findings:
        raise click.exceptions.Exit(1)
