"""The application: every slice with its pages, on one installation."""

from datetime import timedelta

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

from survey.accounts import datastore as accounts
from survey.accounts.token_views import blueprint as tokens_blueprint
from survey.accounts.views import blueprint as accounts_blueprint
from survey.api.page_views import blueprint as api_page_blueprint
from survey.api.program import rate, whose_rate
from survey.api.visit_views import blueprint as api_blueprint
from survey.bundles.of_visits import keep_bundles_in
from survey.candidates.views import blueprint as candidates_blueprint
from survey.coding.book_views import blueprint as code_books_blueprint
from survey.coding.views import blueprint as coding_blueprint
from survey.coding.word_views import blueprint as answer_words_blueprint
from survey.comparison.views import blueprint as said_filed_seen_blueprint
from survey.config import Settings, current_settings, read_settings
from survey.corrections.views import blueprint as corrections_blueprint
from survey.dashboard.views import blueprint as dashboard_blueprint
from survey.datasets.views import blueprint as datasets_blueprint
from survey.db import close_request, commit_request, create_engine_for, note_whether_it_writes
from survey.devices.tablet_views import blueprint as tablet_devices_blueprint
from survey.devices.views import blueprint as devices_blueprint
from survey.draws.opening_views import blueprint as draw_opening_blueprint
from survey.draws.views import blueprint as draws_blueprint
from survey.errors import register_error_handlers
from survey.figures.views import blueprint as figures_blueprint
from survey.finding.views import blueprint as finding_blueprint
from survey.first_run.import_views import blueprint as first_lists_blueprint
from survey.first_run.views import blueprint as first_run_blueprint
from survey.first_run.visit_views import blueprint as first_visit_blueprint
from survey.gaps.views import blueprint as gaps_blueprint
from survey.given_json import GivenJson
from survey.guide.chapters import guide_context
from survey.guide.views import blueprint as guide_blueprint
from survey.handover.views import blueprint as handover_blueprint
from survey.health.proxies import trust_proxies
from survey.health.requests import observe_requests
from survey.health.views import blueprint as health_blueprint
from survey.house_styles.views import blueprint as house_styles_blueprint
from survey.household_outcomes.tablet_views import blueprint as tablet_look_back_blueprint
from survey.household_outcomes.views import blueprint as issue_look_back_blueprint
from survey.instruments.compare_views import blueprint as comparisons_blueprint
from survey.instruments.preview_views import blueprint as previews_blueprint
from survey.instruments.views import blueprint as instruments_blueprint
from survey.intake.ahead import install_published_forms
from survey.intake.authenticate import install_gate
from survey.intake.import_views import blueprint as imports_blueprint
from survey.intake.recovered_views import blueprint as recovered_blueprint
from survey.intake.shortcut import install_shortcut
from survey.intake.together import install_writers
from survey.intake.upload_views import blueprint as uploads_blueprint
from survey.intake.views import blueprint as openrosa_blueprint
from survey.issue_boards.views import blueprint as issue_boards_blueprint
from survey.issue_figures.views import blueprint as issue_figures_blueprint
from survey.issue_ledger.views import blueprint as issue_ledger_blueprint
from survey.issues.merge_views import blueprint as issue_merging_blueprint
from survey.issues.raise_views import blueprint as issue_raising_blueprint
from survey.issues.telling import readable_lines
from survey.issues.views import blueprint as issues_blueprint
from survey.joint_meetings.views import blueprint as joint_meetings_blueprint
from survey.liaison.assistance_import_views import blueprint as liaison_assistance_import_blueprint
from survey.liaison.assistance_views import blueprint as liaison_assistance_blueprint
from survey.liaison.contact_views import blueprint as liaison_contacts_blueprint
from survey.liaison.expert_views import blueprint as liaison_experts_blueprint
from survey.liaison.material_views import blueprint as liaison_materials_blueprint
from survey.liaison.meeting_views import blueprint as liaison_meetings_blueprint
from survey.liaison.views import blueprint as liaison_blueprint
from survey.lookback.plan_views import blueprint as look_back_plan_blueprint
from survey.lookback.views import blueprint as look_back_blueprint
from survey.looks.themes import looks_context
from survey.looks.views import blueprint as looks_blueprint
from survey.odata.views import blueprint as odata_blueprint
from survey.openid.logout_views import LIMIT as LOGOUT_LIMIT
from survey.openid.logout_views import blueprint as openid_logout_blueprint
from survey.openid.views import blueprint as openid_blueprint
from survey.outcomes.tablet_views import blueprint as tablet_outcomes_blueprint
from survey.outcomes.views import blueprint as outcomes_blueprint
from survey.pages.compression import compress
from survey.pages.dates import install_dates
from survey.pages.headers import add_security_headers
from survey.pages.language import babel, choose_locale, marked, template_context
from survey.pages.navigation import header_context, may_follow
from survey.pages.static_files import send_static
from survey.pages.unreadable import GivenRequest, refuse_unreadable
from survey.places.alike import put_together
from survey.places.monitoring_views import blueprint as monitoring_blueprint
from survey.places.region_views import blueprint as region_import_blueprint
from survey.places.roster_views import blueprint as roster_blueprint
from survey.places.views import blueprint as places_blueprint
from survey.proof.operations import sign_logs_of
from survey.proof.views import blueprint as proof_blueprint
from survey.protection.person_views import blueprint as personal_data_blueprint
from survey.protection.read_views import blueprint as personal_reads_blueprint
from survey.protection.reading import init_reading
from survey.protection.retention_views import blueprint as retention_blueprint
from survey.protocol.views import blueprint as protocol_blueprint
from survey.quality.views import blueprint as quality_blueprint
from survey.reconciling.agreement_views import blueprint as agreement_blueprint
from survey.reconciling.views import blueprint as reconciling_blueprint
from survey.registry.figure_views import blueprint as register_figures_blueprint
from survey.registry.import_views import blueprint as lists_blueprint
from survey.registry.views import blueprint as registry_blueprint
from survey.reminders.views import blueprint as reminders_blueprint
from survey.report_batches.views import blueprint as report_batches_blueprint
from survey.report_files.views import blueprint as report_files_blueprint
from survey.report_texts.views import blueprint as report_texts_blueprint
from survey.report_versions.views import blueprint as report_versions_blueprint
from survey.reports.draft_views import blueprint as drafts_blueprint
from survey.reports.views import blueprint as reports_blueprint
from survey.responsible.reply_views import blueprint as issue_replies_blueprint
from survey.responsible.views import blueprint as responsible_blueprint
from survey.review.asking_views import blueprint as asking_blueprint
from survey.review.decision_views import blueprint as decisions_blueprint
from survey.review.quarantine_views import blueprint as review_blueprint
from survey.rights.costly import limit_costly_pages
from survey.rights.guard import keep_to_places
from survey.saved_filters.views import blueprint as saved_filters_blueprint
from survey.scanning.clamd import Scanner
from survey.scanning.of_forms import refuse_infected_files
from survey.sealing.fields import Keyring, seal_fields_of
from survey.signatures import sign_with_sha256
from survey.signing_in.installing import THROTTLED, install_security
from survey.signing_in.views import blueprint as signing_in_blueprint
from survey.storage import Storage
from survey.tablet.package_views import blueprint as tablet_package_blueprint
from survey.tablet.views import blueprint as tablet_blueprint
from survey.teams.board_views import blueprint as board_blueprint
from survey.teams.day_views import blueprint as day_plans_blueprint
from survey.teams.pair_views import blueprint as pair_proposals_blueprint
from survey.teams.people_views import blueprint as team_people_blueprint
from survey.teams.team_views import blueprint as teams_blueprint
from survey.teams.village_views import blueprint as village_tasks_blueprint
from survey.thresholds.views import blueprint as thresholds_blueprint
from survey.verifications.views import blueprint as verifications_blueprint
from survey.visits.assignment_views import blueprint as visit_assignments_blueprint
from survey.visits.ledger_views import blueprint as ledger_blueprint
from survey.visits.plan_views import blueprint as visit_plan_blueprint
from survey.visits.progress_views import blueprint as visit_progress_blueprint
from survey.visits.record_views import blueprint as visit_records_blueprint
from survey.visits.views import blueprint as visits_blueprint
from survey.wall_charts.views import blueprint as wall_charts_blueprint
from survey.worker.joining import install_queue

BLUEPRINTS = (
    accounts_blueprint,
    openid_blueprint,  # before what asks who is there, because arrivals write
    openid_logout_blueprint,
    signing_in_blueprint,
    tokens_blueprint,
    looks_blueprint,
    dashboard_blueprint,
    first_run_blueprint,
    first_lists_blueprint,
    first_visit_blueprint,
    health_blueprint,
    guide_blueprint,
    instruments_blueprint,
    comparisons_blueprint,
    previews_blueprint,
    openrosa_blueprint,
    handover_blueprint,
    uploads_blueprint,
    imports_blueprint,
    recovered_blueprint,
    review_blueprint,
    decisions_blueprint,
    asking_blueprint,
    coding_blueprint,
    code_books_blueprint,
    gaps_blueprint,
    answer_words_blueprint,
    corrections_blueprint,
    candidates_blueprint,
    thresholds_blueprint,
    issue_figures_blueprint,
    issue_raising_blueprint,
    issue_merging_blueprint,
    issue_look_back_blueprint,
    verifications_blueprint,
    issues_blueprint,
    saved_filters_blueprint,
    issue_boards_blueprint,
    joint_meetings_blueprint,
    reminders_blueprint,
    reports_blueprint,
    drafts_blueprint,
    report_batches_blueprint,
    report_versions_blueprint,
    report_files_blueprint,
    house_styles_blueprint,
    report_texts_blueprint,
    datasets_blueprint,
    tablet_blueprint,
    tablet_package_blueprint,
    tablet_devices_blueprint,
    tablet_outcomes_blueprint,
    tablet_look_back_blueprint,
    devices_blueprint,
    places_blueprint,
    monitoring_blueprint,
    region_import_blueprint,
    roster_blueprint,
    registry_blueprint,
    lists_blueprint,
    register_figures_blueprint,
    visits_blueprint,
    visit_plan_blueprint,
    draws_blueprint,
    draw_opening_blueprint,
    teams_blueprint,
    village_tasks_blueprint,
    team_people_blueprint,
    pair_proposals_blueprint,
    board_blueprint,
    day_plans_blueprint,
    visit_assignments_blueprint,
    visit_records_blueprint,
    ledger_blueprint,
    visit_progress_blueprint,
    liaison_assistance_blueprint,
    liaison_assistance_import_blueprint,
    liaison_experts_blueprint,
    outcomes_blueprint,
    look_back_blueprint,
    look_back_plan_blueprint,
    protocol_blueprint,
    quality_blueprint,
    said_filed_seen_blueprint,
    liaison_meetings_blueprint,
    reconciling_blueprint,
    agreement_blueprint,
    liaison_blueprint,
    liaison_materials_blueprint,
    liaison_contacts_blueprint,
    wall_charts_blueprint,
    responsible_blueprint,
    issue_replies_blueprint,
    issue_ledger_blueprint,
    figures_blueprint,
    finding_blueprint,
    proof_blueprint,
    personal_reads_blueprint,
    personal_data_blueprint,
    retention_blueprint,
    api_blueprint,
    api_page_blueprint,
    odata_blueprint,
)


FIRST_ACCOUNT = "first_run.administrator"
MAX_PLAIN_FORM_BYTES = 2_000_000


def create_app(settings: Settings | None = None) -> Flask:
    """The application with these settings (those of the environment by default); it opens no connection yet."""
    app = Flask("survey", template_folder="../templates")
    app.json_provider_class, app.request_class = GivenJson, GivenRequest
    sign_with_sha256(app)
    open_installation(app, settings or read_settings())
    observe_requests(app)
    app.after_request(compress)
    install_shortcut(app)
    trust_proxies(app)
    app.before_request(refuse_unreadable)
    app.before_request(note_whether_it_writes)
    app.before_request(_limit_plain_forms)
    app.after_request(add_security_headers)
    init_reading(app)
    app.after_request(commit_request)
    app.teardown_appcontext(close_request)
    babel.init_app(app, locale_selector=choose_locale, default_locale="zh", default_timezone="Asia/Shanghai")
    app.context_processor(template_context)
    app.add_template_filter(marked)
    app.add_template_filter(put_together)
    app.add_template_filter(readable_lines)
    install_dates(app)
    app.context_processor(looks_context)
    app.context_processor(header_context)
    app.jinja_env.globals["may_follow"] = may_follow
    app.context_processor(guide_context)
    CSRFProtect(app)
    install_security(app)
    # Without Redis each process counts by itself; while it is away, they do so again.
    redis_url = app.extensions["survey.settings"].redis_url
    limiter = Limiter(get_remote_address, app=app, storage_uri=redis_url or "memory://", in_memory_fallback_enabled=bool(redis_url))
    throttled = limiter.limit(lambda: current_settings().sign_in_limit, methods=["POST"])
    for view in THROTTLED:
        app.view_functions[view] = throttled(app.view_functions[view])  # type: ignore[assignment]
    limiter.shared_limit(rate, scope="programs", key_func=whose_rate)(api_blueprint)
    limiter.shared_limit(rate, scope="programs", key_func=whose_rate)(odata_blueprint)
    limiter.limit(LOGOUT_LIMIT)(openid_logout_blueprint)
    install_queue(app)
    register_error_handlers(app)
    app.view_functions["static"] = send_static
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.view_functions[FIRST_ACCOUNT] = throttled(app.view_functions[FIRST_ACCOUNT])  # type: ignore[assignment]
    limit_costly_pages(app, limiter)
    app.before_request(keep_to_places)
    app.before_request(refuse_infected_files)
    return app


def open_installation(app: Flask, settings: Settings) -> None:
    """Let the application serve the installation of these settings, its database and its files; what it served before is let go."""
    if "survey.engine" in app.extensions:
        app.extensions["survey.engine"].dispose()
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1_000_000,
        # A browser takes a cookie of this name over https only, and only from this host, for all of it (RFC 6265bis, "__Host-").
        SESSION_COOKIE_NAME="__Host-session" if settings.https else "session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        WTF_CSRF_TIME_LIMIT=None,
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_days),
        SESSION_REFRESH_EACH_REQUEST=False,
        **accounts.SECURITY_CONFIG,
        **accounts.secrets_of(settings.secret_key),
    )
    app.extensions["survey.settings"] = settings
    app.extensions["survey.engine"] = create_engine_for(settings.sqlalchemy_url)
    keep_bundles_in(app.extensions["survey.engine"], settings.figures_path)
    sign_logs_of(app.extensions["survey.engine"], settings.secret_key)
    seal_fields_of(app.extensions["survey.engine"], Keyring(settings.field_keys))
    app.extensions["survey.storage"] = Storage(settings.attachments_url, Scanner(settings.clamav) if settings.clamav else None)
    install_gate(app)
    install_published_forms(app)
    install_writers(app)


def _limit_plain_forms() -> None:
    """A form without files is read whole into memory, whoever sends it; those with files and everything else have limits of their own."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = MAX_PLAIN_FORM_BYTES
