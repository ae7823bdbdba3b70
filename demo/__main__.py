"""Serve the demo company over a socket: `python -m demo --port 8790 --as-of 2026-11-21`."""

import logging
import time
from datetime import date, datetime
from typing import Annotated

import typer
from werkzeug.serving import make_server

from demo.app import create_app
from demo.company import ACCOUNTS, MONTHS, SEED, build
from demo.faults import Faults, FaultyApp
from demo.streams import month_day
from demo.tokens import LONGEST, Tokens

log = logging.getLogger("demo")


def serve(  # noqa: PLR0913, PLR0917 - one switch per fault
    as_of: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day of the world")],
    port: Annotated[int, typer.Option(help="Port on this machine")] = 8790,
    accounts: Annotated[int, typer.Option(help="How many customers")] = ACCOUNTS,
    seed: Annotated[int, typer.Option(help="Another seed, another world")] = SEED,
    epoch: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of the first month")] = None,
    limits: Annotated[bool, typer.Option(help="Keep the vendors' documented rate limits")] = False,
    token_seconds: Annotated[int, typer.Option(help="How long the helpdesk's tokens last at most")] = LONGEST,
    throttle_every: Annotated[int, typer.Option(help="429 on every n-th request")] = 0,
    retry_after: Annotated[int, typer.Option(help="Seconds in Retry-After")] = 1,
    retry_after_as_date: Annotated[bool, typer.Option(help="Retry-After as an HTTP date")] = False,
    error_every: Annotated[int, typer.Option(help="A server error on every n-th request")] = 0,
    error_status: Annotated[int, typer.Option(help="Which server error")] = 503,
    size_above: Annotated[int, typer.Option(help="504 above this page size")] = 0,
    slow_seconds: Annotated[float, typer.Option(help="Wait before every answer")] = 0.0,
    repeat_every: Annotated[int, typer.Option(help="The page before again, on every n-th request")] = 0,
    cut_every: Annotated[int, typer.Option(help="JSON cut in the middle, on every n-th request")] = 0,
    stuck_cursor: Annotated[bool, typer.Option(help="Cursors that never advance")] = False,
) -> None:
    """Serve /zendesk, /stripe and /typeform on 127.0.0.1 until interrupted."""
    night: date = as_of.date()
    first = epoch.date() if epoch else month_day(night, -MONTHS)
    company = build(first, night, accounts, seed)
    faults = Faults(
        throttle_every, retry_after, retry_after_as_date, error_every, error_status, size_above, slow_seconds,
        repeat_every, cut_every, stuck_cursor,
    )  # fmt: skip
    tokens = Tokens(time.monotonic, token_seconds)
    app = FaultyApp(create_app(company, clock=time.monotonic if limits else None, tokens=tokens), faults)
    with make_server("127.0.0.1", port, app, threaded=True) as server:
        log.info("serving the demo company of %s on http://127.0.0.1:%d/{zendesk,stripe,typeform}", night, server.port)
        server.serve_forever()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    typer.run(serve)
