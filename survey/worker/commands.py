"""`python -m survey worker`: a process that does the long work of web processes."""

import click

from questionnaires.errors import ErrorCode, SurveyError
from survey.background import QUEUE
from survey.config import Settings
from survey.console import open_installation, told
from survey.health.logs import write_logs
from survey.worker.consuming import consumer_of
from survey.worker.queue import RedisQueue

NOT_SET_UP = 78
"""The exit status where a setting is missing (EX_CONFIG of sysexits.h): to start again would change nothing."""


class NotSetUpError(click.ClickException):
    """A setting is missing without which there is nothing to do."""

    exit_code = NOT_SET_UP


@click.command("worker", short_help="Do the long work of web processes that share a Redis.")
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 64), help="How much is done at a time.")
def worker(threads: int) -> None:
    """Make figures and draft batches of reports for web processes, until Ctrl-C or a request to terminate; what is under way is finished.

    Needs SURVEY_REDIS_URL, and the data folder of the web processes. Start as many as you like. Without Redis web processes do that work
    themselves, in threads. While Redis is away a worker says so once, waits, and goes on by itself.
    """
    app = open_installation()
    settings: Settings = app.extensions["survey.settings"]
    queue: RedisQueue | None = app.extensions.get(QUEUE)
    if queue is None:
        detail = "a worker takes its work from Redis; set it to redis://host:6379/0"
        raise NotSetUpError(told(SurveyError(ErrorCode.INVALID_SETTING, name="SURVEY_REDIS_URL", value="", detail=detail)).message)
    write_logs(settings)
    click.echo("Waiting for Redis. Stop with Ctrl-C." if queue.away_since else "Ready for work. Stop with Ctrl-C.")
    consumer_of(queue, threads).run()
