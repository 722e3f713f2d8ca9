"""`keys`: add, list, rotate and revoke the API keys of departments."""

from datetime import datetime
from typing import Annotated

import typer

from services.cli.api import Ingest
from services.cli.failures import CommandError
from services.cli.screen import put_json, put_table, say, stdout
from services.cli.stack import AsJson
from services.runtime import settings

app = typer.Typer(no_args_is_help=True, help="接口密钥 / API keys")


def _ingest() -> Ingest:
    found = settings.load()
    return Ingest(found.ingest_address, found.admin_key.get_secret_value())


@app.command()
def add(
    department: Annotated[str, typer.Option(help="部门代号 / department")],
    scope: Annotated[
        list[str], typer.Option(help="observe define target command read admin，可重复 / repeat")
    ],
    expires: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="到期日 / its last day")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """新建密钥，只显示这一次 / make a key; it is shown this once."""
    asked: dict[str, object] = {"department": department, "scopes": scope}
    if expires is not None:
        asked["expires"] = expires.date().isoformat()
    with _ingest() as ingest:
        made = ingest.post("/v1/keys", asked)
    if as_json:
        put_json(made)
    else:
        stdout.out(made["key"], highlight=False)


@app.command(name="list")
def list_keys(as_json: AsJson = False) -> None:
    """列出密钥（不含密钥本身）/ the keys, without their secret."""
    with _ingest() as ingest:
        found = ingest.get("/v1/keys")
    if as_json:
        put_json(found)
        return
    put_table(
        "",
        ["编号 id", "部门 department", "权限 scopes", "建立 created", "到期 expires"],
        [
            (k["key_id"], k["department"], " ".join(k["scopes"]), k["created_at"], k["expires_at"])
            for k in found["keys"]
        ],
    )


@app.command()
def rotate(
    key_id: Annotated[str, typer.Argument(help="要更换的密钥编号 / the key to replace")],
    as_json: AsJson = False,
) -> None:
    """换发同样的新密钥，旧的用 revoke 停用 / a second key like the old one; then revoke."""
    with _ingest() as ingest:
        old = next((k for k in ingest.get("/v1/keys")["keys"] if k["key_id"] == key_id), None)
        if old is None:
            raise CommandError(f"没有编号为 {key_id} 的密钥", f"there is no key {key_id}")
        asked = {"department": old["department"], "scopes": list(old["scopes"])}
        if old["expires_at"]:
            asked["expires"] = old["expires_at"]
        made = ingest.post("/v1/keys", asked)
    if as_json:
        put_json(made)
    else:
        say(f"旧密钥 {key_id} 仍有效，换好后请 revoke / the old key still works: revoke it")
        stdout.out(made["key"], highlight=False)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="密钥编号 / key id")], as_json: AsJson = False
) -> None:
    """停用密钥 / revoke a key."""
    with _ingest() as ingest:
        ingest.delete(f"/v1/keys/{key_id}")
    if as_json:
        put_json({"revoked": key_id})
    else:
        say(f"已停用 {key_id} / revoked")
