"""`pacekeeper`: exit codes 0 done, 1 refused or failed, 2 wrong usage, 70 internal."""

import typer

from services.cli import (
    backtest,
    boundaries,
    db,
    demo_command,
    keys,
    lamps,
    operators,
    push,
    query,
    rebuild,
    stack,
    targets,
)
from services.cli.failures import run
from services.runtime import logs

app = typer.Typer(
    name="pacekeeper",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="序时：按时序评判各项指标，在还来得及时预警。"
    " Pacekeeper: judges every indicator against its target, and warns in time.",
)
app.command()(stack.up)
app.command()(stack.down)
app.command()(stack.status)
app.command()(demo_command.demo)
app.command()(push.push)
app.command()(query.query)
app.command()(backtest.backtest)
app.command()(rebuild.rebuild)
app.add_typer(keys.app, name="keys")
app.add_typer(operators.app, name="operators")
app.add_typer(lamps.app, name="lamps")
app.add_typer(db.app, name="db")
app.add_typer(boundaries.app, name="boundaries")
app.add_typer(targets.app, name="targets")


def main() -> None:
    """Run one command."""
    logs.configure("WARNING")
    run(app)


if __name__ == "__main__":
    main()
