"""`python -m survey report refresh|trace`: drafts that come back from their authors, beside the data of today."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from analysis.bundle import read_bundle
from analysis.report.kinds.records import Sources
from analysis.report.live.changes import Change, Refreshed
from analysis.report.live.comments import with_comments
from analysis.report.live.opening import read_parameters
from analysis.report.live.origin import one_hash
from analysis.report.live.redraft import Redraft
from analysis.report.live.refreshing import refresh_document
from analysis.report.live.resolving import resolver_of
from analysis.report.live.rows import Rows, TracedRow
from analysis.report.live.tracing import TracedFigure, trace_document
from analysis.report.outward.checking import check_anonymity
from survey.console import counted, open_installation, progress_bar, write_file
from survey.db import reading_scope, utc_now
from survey.field_time import field_date
from survey.pages.language import LANGUAGES
from survey.reports.audiences import read_frame_names
from survey.reports.redrafts import redraft_now, redraft_of_bundle, visits_of_file

NOW = "now"
ROWS_SHOWN = 5
document = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.docx")
state = click.option(
    "--to",
    "state",
    default=NOW,
    show_default=True,
    metavar="VISIT_STATE",
    help="The folder of a bundle, or 'now' for what is accepted in this installation.",
)
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


@click.command("refresh", short_help="Bring the figures of an edited draft up to date.")
@document
@state
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.docx", help="Where to write it; FILE-refreshed.docx.")
@as_json_option
def refresh(file: Path, state: str, out: Path | None, as_json: bool) -> None:
    """Write a copy of FILE with the figures, tables and pictures of today; its author's words stay as they are, and so does FILE.

    Lists what changed, old and new, with its sentence, and marks sentences that may no longer hold because more became less.
    """
    target = out or file.with_name(f"{file.stem}-refreshed.docx")
    if target.suffix.lower() != ".docx":
        raise click.BadParameter("a Word document's name ends in .docx.", param_hint="--out")
    if target.resolve() == file.resolve():
        raise click.BadParameter("the file itself is never changed; name another one.", param_hint="--out")
    with _reading(state) as state_of:
        refreshed = refresh_document(file.read_bytes(), lambda known: state_of(known)[1], name=file.name)
    write_file(target, refreshed.content)
    if as_json:
        click.echo(json.dumps(_record(refreshed), ensure_ascii=False, indent=1))
        return
    for change in refreshed.changes:
        click.echo(_line(change))
    for note in refreshed.notes:
        click.echo(f"  stays: {note.text('en')}")
    n_turned = sum(change.has_turned for change in refreshed.changes)
    turned = f", {counted(n_turned, 'sentence')} to read again because the direction turned" if n_turned else ""
    click.echo(f"{target}: {counted(len(refreshed.changes), 'change')} in {counted(refreshed.n_figures, 'figure')}{turned}.", err=True)


@click.command("trace", short_help="Show what each figure of a draft comes from.")
@document
@state
@click.option("--figure", type=click.IntRange(min=1), metavar="N", help="Only the figure with this number, with all its rows.")
@as_json_option
def trace(file: Path, state: str, figure: int | None, as_json: bool) -> None:
    """Print for each figure of FILE the interviews that it comes from, beside what the data say.

    Exits with 1 when a figure of FILE is not what the data say: it was typed over, or the data changed since.
    """
    kept: list[Sources] = []

    def redraft(known: Mapping[str, str]) -> Redraft:
        sources, drafted = state_of(known)
        kept.append(sources)
        return drafted

    with _reading(state) as state_of:
        found = trace_document(file.read_bytes(), redraft, name=file.name)
    figures = [each for each in found.figures if figure in (None, each.number)]
    if not figures and figure is not None:
        raise click.ClickException(f"{file.name} has {counted(len(found.figures), 'figure')}; there is no number {figure}.")
    rows = Rows(kept[0].all_bundles, resolver_of(kept[0]))
    if as_json:
        told = [_figure_record(each, rows.behind(each.address)) for each in figures]
        click.echo(json.dumps({"dataset": found.dataset_hash, "compared_with": found.compared_hash, "figures": told}, ensure_ascii=False))
    else:
        for each in figures:
            _print_figure(each, rows.behind(each.address), is_whole=figure is not None)
        if found.dataset_hash != found.compared_hash:
            old, new = (one_hash(each)[:12] for each in (found.dataset_hash, found.compared_hash))
            click.echo(f"The data changed since: {old} was drafted from, {new} is there.", err=True)
    differing = [each for each in figures if not each.agrees]
    if differing:
        listed = ", ".join(str(each.number) for each in differing[:20])
        click.echo(f"{counted(len(differing), 'figure')} of {file.name} not as in the data: {listed}.", err=True)
        raise click.exceptions.Exit(1)


@click.command("evidence", short_help="Put what stands behind the figures of a draft into Word comments.")
@document
@state
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.docx", help="Where to write it.")
@click.option("--with-interviews", is_flag=True, help="Name the interviews behind each figure, for those who may read them.")
def evidence(file: Path, state: str, out: Path, with_interviews: bool) -> None:
    """Write a copy of FILE with a comment on each figure of its running text: how many answers it rests on, and on which basis."""
    if out.suffix.lower() != ".docx" or out.resolve() == file.resolve():
        raise click.BadParameter("name another Word document; the file itself is never changed.", param_hint="--out")
    content, rows = file.read_bytes(), None
    parameters = read_parameters(content, file.name)
    if with_interviews:
        with _reading(state) as state_of:
            sources = state_of(parameters)[0]
        rows = Rows(sources.all_bundles, resolver_of(sources)).behind
    language = parameters.get("language", "zh")
    write_file(out, with_comments(content, language=language, today=field_date(utc_now()), rows_behind=rows))
    click.echo(f"{out}: with comments.", err=True)


@click.command("check", short_help="List what a Word file still tells of those who were interviewed.")
@document
@click.option("--visit", "visits", multiple=True, metavar="ID", help="The visit it is about; may be repeated. Else what the file says.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="zh", show_default=True, help="Language of what is found.")
@as_json_option
def check(file: Path, visits: tuple[str, ...], language: str, as_json: bool) -> None:
    """List every name, number and date of the frame that stands anywhere in FILE: in its text, comments, properties, pictures, names of
    parts and what it keeps of its figures.

    Exits with 1 when there is any.
    """
    content = file.read_bytes()
    app = open_installation()
    with app.app_context(), reading_scope(app) as session:
        found = check_anonymity(content, read_frame_names(session, visits or visits_of_file(session, content)), name=file.name)
    if as_json:
        told = [{"kind": each.kind, "where": each.where, "part": each.part, "text": each.text} for each in found]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for each in found:
            click.echo(each.line(language))
        click.echo(f"{file.name}: {counted(len(found), 'thing')} left that could tell who was interviewed, or where.", err=True)
    if found:
        raise click.exceptions.Exit(1)


@contextmanager
def _reading(state: str) -> Iterator[Callable[[Mapping[str, str]], tuple[Sources, Redraft]]]:
    """What gives the sources and the draft of a report by its parameters: from a bundle, or from this installation as it is."""
    today = field_date(utc_now())
    app = open_installation()
    with app.app_context(), reading_scope(app) as session, progress_bar("Reading", " interviews") as show:
        if state == NOW:
            yield lambda known: redraft_now(session, known, today=today, progress=show)
        else:
            bundle = read_bundle(Path(state))
            yield lambda known: redraft_of_bundle(bundle, known, today=today)


def _line(change: Change) -> str:
    mark = "! " if change.has_turned else "  "
    typed = " (typed over)" if change.was_typed_over else ""
    if change.kind != "figure":
        return f"{mark}{change.kind} {change.label}: drawn anew"
    return f"{mark}{change.label or change.address}: {change.old} → {change.new}{typed}\n      {change.new_sentence}"


def _record(refreshed: Refreshed) -> dict[str, object]:
    keys = ("kind", "address", "label", "old", "new", "sentence", "new_sentence", "has_turned", "was_typed_over")
    return {
        "dataset": refreshed.dataset_hash,
        "changes": [{key: getattr(change, key) for key in keys} for change in refreshed.changes],
        "notes": [{"kind": note.kind, "address": note.address, "text": note.text("en")} for note in refreshed.notes],
    }


def _figure_record(figure: TracedFigure, rows: tuple[TracedRow, ...]) -> dict[str, object]:
    return {
        "number": figure.number,
        "address": figure.address,
        "label": figure.evidence.label,
        "told": figure.told,
        "data": figure.current,
        "agrees": figure.agrees,
        "n": figure.evidence.n,
        "basis": figure.evidence.basis,
        "rows": [{"instance_id": row.instance_id, "position": row.position, "role": row.role} for row in rows],
    }


def _print_figure(figure: TracedFigure, rows: tuple[TracedRow, ...], *, is_whole: bool) -> None:
    differs = "" if figure.agrees else f"   DIFFERS: the data say {figure.current or 'nothing'}"
    click.echo(f"{figure.number}. {figure.told}  {figure.evidence.label or figure.address}{differs}")
    click.echo(f"   {figure.sentence}")
    click.echo(f"   {figure.address}")
    by_role: dict[str, int] = {}
    for row in rows:
        by_role[row.role] = by_role.get(row.role, 0) + 1
    roles = ", ".join(f"{n} {role}" for role, n in by_role.items())
    click.echo(f"   {counted(len(rows), 'row')}{f': {roles}' if roles else ''}")
    for row in rows if is_whole else rows[:ROWS_SHOWN]:
        click.echo(f"     {row.instance_id}{f' #{row.position}' if row.position else ''} {row.role}")
    if not is_whole and len(rows) > ROWS_SHOWN:
        click.echo(f"     … {len(rows) - ROWS_SHOWN} more (--figure {figure.number})")
