"""The pages of figures at 100,000 interviews, 7,000 villages and 40 indicators: each reads the kept figures it shows and no more.

The figures are those of `benchmarks/estimates.py`, kept as the program keeps them; making them is not what is measured here.
"""

import sys
import tempfile
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from analysis.indicators import compute_estimates
from analysis.lineage.behind import rows_behind
from benchmarks.estimates import N_INDICATORS, N_VILLAGES, generated_bundle
from benchmarks.figure import Figure, print_figure
from benchmarks.pages import FORM, LIMIT_MS, SECRET_KEY, open_pages
from survey import create_app
from survey.accounts.models import Role, User
from survey.bundles.of_visits import place_of_visit
from survey.config import Settings
from survey.db import new_id
from survey.events import GENESIS
from survey.figures.keeping import Moment, keep
from survey.instruments.operations import publish_questionnaire
from survey.intake.models import Submission
from survey.schema import upgrade_schema
from survey.visits.models import Visit
from tests.analysis.bundles import BundleData, FormData, write_bundle
from tests.signing_in import sign_in_as

NOW = datetime(2018, 4, 27, 8, 0, tzinfo=UTC)
VISIT = "visit"
COUNTY, VILLAGE = "610007", "610007000007"
ROWS = f"/figures/rows?visit={VISIT}&form_id=household&indicator=q0"
PAGES = (
    "/figures",
    f"/figures?county={COUNTY}",
    f"/figures?village={VILLAGE}",
    "/figures?indicator=household:q0",
    f"/figures?indicator=household:q1&county={COUNTY}&page=2",
    "/figures/counties",
    f"{ROWS}&domain_type=visit&domain={VISIT}",
    f"{ROWS}&domain_type=village&domain={VILLAGE}&county_code={COUNTY}",
)


def keep_figures(folder: Path, at: Path) -> None:
    """Keep the generated figures at `at`; `folder` takes what labels are read from."""
    made = generated_bundle()
    form = made.forms["household"]
    columns = [{**asdict(column), "label": {"en": column.name}} for column in form.tables[0].columns]
    indicators = [{**asdict(each), "label": {"en": each.name}} for each in form.indicators]
    visits = [{"id": VISIT, "title": "调研", "starts_on": "2018-04-16", "ends_on": "2018-04-27", "look_back_of": None, "is_invented": True}]
    path = write_bundle(folder, BundleData([FormData("household", {"main": columns}, {"main": []}, indicators)], visits=visits))
    bundle = replace(made, path=path, dataset_hash="0" * 64)
    keep(at, Moment(NOW, 0, GENESIS), bundle, compute_estimates(bundle), tuple(rows_behind(bundle)))


def main() -> None:
    """Print the figure."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=f"{folder}/data", secret_key=SECRET_KEY)
        app = create_app(settings)
        engine = app.extensions["survey.engine"]
        upgrade_schema(engine)
        with Session(engine) as session:
            version = publish_questionnaire(session, None, FORM.read_bytes(), FORM.name, NOW)
            session.add(Visit(id=VISIT, title="调研", starts_on=date(2018, 4, 16), ends_on=date(2018, 4, 27), state="open"))
            person = User(username="author", email="author@accounts.invalid", password="x", name="作者", created_at=NOW, id=new_id())
            person.roles = [session.get(Role, "author") or Role(name="author")]
            session.add(person)
            session.flush()
            interview = {"instance_id": "uuid:0", "form_id": version.form_id, "form_version": version.version, "visit_id": VISIT}
            content = {"answers": {}, "xml": b"<data/>", "xml_sha256": "0" * 64, "received_at": NOW, "review_state": "accepted"}
            session.add(Submission(**interview, **content, questionnaire_version_id=version.id))
            session.commit()
        keep_figures(Path(folder) / "bundle", place_of_visit(settings.figures_path, VISIT))
        client = app.test_client()
        sign_in_as(client, person)
        timed = open_pages(client, PAGES)
        engine.dispose()
    for each in timed:
        print(f"{each.median:8.1f} ms median {max(each.times):8.1f} worst  {each.address}", file=sys.stderr)
    slowest = max(timed, key=lambda each: each.median)
    told = f"median of {slowest.address}, the slowest of {len(timed)} pages; {N_VILLAGES:,} villages, {N_INDICATORS} indicators"
    print_figure(Figure("pages of figures, 100,000 interviews", LIMIT_MS, slowest.median, "ms", told))


if __name__ == "__main__":
    main()
