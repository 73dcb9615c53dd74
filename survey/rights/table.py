"""Who may open which page, and what of it somebody sees who is bound to places: one table for every view.

Views name their roles themselves (`survey/accounts/access.py`); this table says the same a second time, so that a slip on either side is
found by the test that opens every address as everybody. What it says of places is said nowhere else: `survey/rights/guard.py` acts on it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

ANYWHERE = "anywhere"
"""The page tells of no place, or of nothing but oneself."""
OWN_WORK = "own work"
"""The page tells of what the person's own pairs are to do or did, wherever that is."""
CUT = "cut"
"""The page tells of records, of which somebody bound to places gets those of their places only."""
WHOLE_VISIT = "whole visit"
"""The page tells of a visit as a whole: somebody bound to places opens it for visits that go nowhere else."""
EVERYWHERE = "everywhere"
"""The page tells of all places at once, or changes what all share: nobody bound to places opens it."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who opens a page: `roles` of which one is enough; `is_public` and `is_signed_in` where none is needed."""

    roles: frozenset[str] = frozenset()
    is_public: bool = False
    is_signed_in: bool = False
    is_program: bool = False

    def admits(self, roles: frozenset[str] | None) -> bool:
        """Whether somebody with these roles opens the page in a browser; None is a visitor who did not sign in."""
        if self.is_public:
            return True
        return roles is not None and (self.is_signed_in or bool(self.roles & roles))


ANYBODY = Who(is_public=True)
SIGNED_IN = Who(is_signed_in=True)
ADMINS = Who(frozenset(("admin",)))
EDITORS = Who(frozenset(("admin", "coordinator")))
READERS = Who(frozenset(("admin", "coordinator", "author")))
TEAMS = Who(frozenset(("admin", "coordinator", "author", "interviewer")))
FIELD = Who(frozenset(("admin", "coordinator", "interviewer")))
RESPONSIBLE = Who(frozenset(("responsible",)))
SENDERS = Who(frozenset(("admin", "coordinator", "interviewer")), is_program=True)
"""People of the field, also through programs that show a password or a token (ODK Collect, Enketo)."""
ANALYSTS = Who(frozenset(("admin", "coordinator", "author")), is_program=True)
"""Those who read, also through programs that show a token for reading (scripts, Excel, Power BI)."""
PROGRAMS = Who(is_program=True)
"""Programs with a token for handing over; no browser."""


@dataclass(frozen=True, slots=True)
class Right:
    """Who opens some views, and what of them somebody bound to places sees; each line is "blueprint: view view …"."""

    who: Who
    place: str
    views: tuple[str, ...]

    def endpoints(self) -> Iterator[str]:
        """The views as Flask names them."""
        for line in self.views:
            blueprint, _, names = line.rpartition(": ")
            yield from (f"{blueprint}.{name}" if blueprint else name for name in names.split())


RIGHTS = (
    Right(
        ANYBODY,
        ANYWHERE,
        (
            "accounts: choose_language",
            "guide: file start tablet_file",
            "first_run: administrator",
            "health: alive ready metrics",
            "looks: choose_theme",
            "draw_opening: public public_file",
            "openid: back leave start unknown",
            "openid_logout: ended",
            "reminders: feed",
            "security: login logout mf_recovery static tf_select two_factor_rescue two_factor_setup",
            "security: two_factor_token_validation wan_signin wan_signin_response",
            "static",
            "tablet_package: manifest worker",
        ),
    ),
    Right(
        SENDERS,
        ANYWHERE,
        (
            "openrosa: file form form_list manifest probe submission",
            "uploads: offset piece receipt",
        ),
    ),
    Right(
        PROGRAMS,
        ANYWHERE,
        ("handover: about erased file match missing_files rows",),
    ),
    Right(
        SIGNED_IN,
        ANYWHERE,
        (
            "accounts: password",
            "proof: key",
            "security: mf_recovery_codes two_factor_setup_validate verify",
            "security: wan_delete wan_register wan_register_response",
            "openid: connect remove",
            "signing_in: end end_others later own",
        ),
    ),
    Right(
        SIGNED_IN,
        CUT,
        (
            "dashboard: start",
            "reminders: calendar frequency index",
        ),
    ),
    Right(
        TEAMS,
        ANYWHERE,
        ("tokens: own revoke",),
    ),
    Right(
        FIELD,
        OWN_WORK,
        (
            "day_plans: mine",
            "outcomes: mine record_own",
            "recovered: draft file index taken",
            "tablet: form_file form_page home lists plan session_facts submission submission_file",
            "tablet_devices: pin recovery register",
            "tablet_look_back: issues picture receive",
            "tablet_outcomes: receive",
            "tablet_package: background package tasks",
        ),
    ),
    Right(
        ANALYSTS,
        ANYWHERE,
        (
            "api: index questionnaire questionnaires",
            "api_page: description page",
            "odata: metadata",
        ),
    ),
    Right(
        ANALYSTS,
        CUT,
        (
            "api: households issue issues places submissions visit visits",
            "odata: count entities service",
        ),
    ),
    Right(
        ANALYSTS,
        WHOLE_VISIT,
        (
            "api: estimates quality rows tables",
            "odata: visit_count visit_entities visit_metadata visit_service",
        ),
    ),
    Right(
        ANALYSTS,
        EVERYWHERE,
        ("api: report_file reports",),
    ),
    Right(
        READERS,
        ANYWHERE,
        (
            "comparisons: compare",
            "house_styles: file index",
            "instruments: file index source version xform",
            "previews: session_facts version_file version_form version_lists version_paper version_plan",
            "previews: version_preview",
            "report_texts: default index",
            "saved_filters: change choose_opening index remove save",
        ),
    ),
    Right(
        READERS,
        CUT,
        (
            "candidates: index rule",
            "comparison: household index table workbook",
            "corrections: index of_visit",
            "day_plans: of_day of_pair",
            "finding: index suggestions",
            "issue_boards: board counties county",
            "issue_replies: file index preview",
            "issues: index show",
            "liaison_contacts: index",
            "liaison_materials: file index show",
            "liaison_meetings: file index show",
            "monitoring: point",
            "outcomes: index",
            "people: index person",
            "places: household index region",
            "protocol: index",
            "reconciling: index pair",
            "report_texts: edit",
            "register_figures: table workbook",
            "review: file index submission",
            "visit_assignments: index",
            "visit_plan: forms pairs villages",
            "visit_progress: part",
            "visit_records: meetings recommendations",
            "visits: index overview",
        ),
    ),
    Right(
        READERS,
        WHOLE_VISIT,
        (
            "agreement: index workbook",
            "answer_words: index workbook",
            "board: index",
            "code_books: book export_book sample_book",
            "coding: code index results results_file settle",
            "datasets: index make",
            "drafts: draft",
            "draws: index",
            "figures: change chart counties file index rows update",
            "gaps: index workbook",
            "look_back: answers export household index issues",
            "quality: index interviews pair sheet table workbook",
            "report_batches: again batch packed visit",
            "retention: visit",
            "teams: team",
            "village_tasks: index",
            "wall_charts: file index picture",
        ),
    ),
    Right(
        READERS,
        EVERYWHERE,
        (
            "decisions: index",
            "issue_figures: flow flow_file index",
            "issue_ledger: index workbook",
            "joint_meetings: agenda document workbook",
            "ledger: document index items items_file workbook",
            "liaison: index",
            "liaison_assistance: index workbook",
            "liaison_experts: index show",
            "report_files: evidence index",
            "report_versions: compared index",
            "reports: file index",
            "thresholds: index",
        ),
    ),
    Right(
        TEAMS,
        CUT,
        ("verifications: file finish mine picture show",),
    ),
    Right(
        TEAMS,
        WHOLE_VISIT,
        (
            "draw_opening: open_ replace replace_village show take_back take_back_village",
            "issue_look_back: file households index",
        ),
    ),
    Right(
        EDITORS,
        ANYWHERE,
        (
            "house_styles: aside",
            "instruments: check publish sample",
            "previews: draft_file draft_form draft_lists draft_paper draft_plan draft_preview",
        ),
    ),
    Right(
        EDITORS,
        CUT,
        (
            "asking: ask close",
            "comparison: correct offer restore withdraw",
            "corrections: new withdraw",
            "issue_raising: add create new",
            "issue_replies: decide enter",
            "issues: decide edit note take",
            "liaison_contacts: all_vcards edit new one_vcard remove workbook",
            "liaison_materials: edit new receive remind remove remove_file reopen withdraw",
            "liaison_meetings: add_files edit new remove remove_file",
            "monitoring: begin end",
            "outcomes: record",
            "people: change",
            "places: add_household edit_household remove_household",
            "reconciling: decide finish reopen take_back",
            "registry: add_member come_back correct edit_member id_number leave record",
            "review: accept accept_clean reopen send_back xml",
            "verifications: ask withdraw",
            "visit_plan: change_village",
            "visit_records: add_recommendation remove_recommendation",
        ),
    ),
    Right(
        EDITORS,
        WHOLE_VISIT,
        (
            "board: apply move propose undo",
            "code_books: coders import_book retire",
            "datasets: decide fetch",
            "day_plans: set_note",
            "draws: arrange new publish void",
            "issue_look_back: conclude",
            "look_back_plan: add plan",
            "pair_proposals: accept propose",
            "protocol: change_limits",
            "reconciling: tolerances",
            "retention: change",
            "teams: add add_paired change_languages change_role remove",
            "village_tasks: add remove",
            "visit_assignments: assign change choose",
            "visit_plan: add_form add_pair add_villages edit_pair remove_form remove_pair remove_village",
            "visit_progress: quotas",
            "visit_records: add_meeting remove_meeting",
            "visits: change_state edit remove",
        ),
    ),
    Right(
        EDITORS,
        EVERYWHERE,
        (
            "devices: allow_reset index revoke withdraw_reset",
            "imports: index",
            "issue_ledger: bad_rows confirm drop preview sample",
            "issue_merging: compare merge",
            "joint_meetings: decision",
            "liaison_assistance: edit new remove",
            "liaison_assistance_import: bad_rows confirm drop preview sample upload",
            "liaison_experts: edit new remove",
            "lists: bad_rows confirm drop preview sample upload",
            "places: add remove rename",
            "personal_data: after ask confirm decline erased file index lift seen show",
            "proof: head index",
            "region_import: confirm drop preview sample upload",
            "reminders: groups switch",
            "reports: register remove",
            "retention: index",
            "review: check_again quarantine quarantined quarantined_file quarantined_xml settle",
            "roster: bad_rows confirm drop preview sample upload",
            "visits: new",
        ),
    ),
    Right(
        ADMINS,
        ANYWHERE,
        (
            "accounts: change_active people person reset_password shown_once",
            "first_lists: drop over people people_sample places read take",
            "first_run: aside coming index organisation",
            "first_visit: plan",
            "personal_reads: index",
            "openid: bind unbind",
            "signing_in: allow end_all end_everybodys of_person reset_factors",
            "tokens: of_person",
        ),
    ),
    Right(
        RESPONSIBLE,
        ANYWHERE,
        ("responsible: file index ledger opinions reply show",),
    ),
)


def _by_endpoint() -> Mapping[str, Right]:
    found: dict[str, Right] = {}
    for right in RIGHTS:
        for endpoint in right.endpoints():
            if endpoint in found:
                raise ValueError(f"'{endpoint}' stands twice in the table of rights")
            found[endpoint] = right
    return MappingProxyType(found)


RIGHT_OF = _by_endpoint()
"""The entry of every view."""
