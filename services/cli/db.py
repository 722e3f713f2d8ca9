"""`db`: what only the machine's own embedded ClickHouse needs."""

import typer

from services.cli import db_backup, db_users

app = typer.Typer(no_args_is_help=True, help="内嵌数据库 / the embedded database")
app.command()(db_backup.backup)
app.command()(db_backup.restore)
app.add_typer(db_users.app, name="user")
