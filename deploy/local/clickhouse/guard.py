"""Lets a statement pass or refuses it: one at a time for all, listed reads only for the reader.

For a guarded account three things must agree: the engine's classification (one statement, which
only reads), the lists of `allowed`, and the whole syntax tree as `tree` judges it. The account's
limits and `readonly` stand behind them in the engine.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import threading
from collections import OrderedDict

from deploy.local.clickhouse import allowed, parser, statement, tree
from deploy.local.clickhouse.accounts import Account
from deploy.local.clickhouse.engine import Connection, Engine
from deploy.local.clickhouse.errors import DatabaseError
from deploy.local.clickhouse.request import Request
from deploy.local.clickhouse.world import World

_MOST_VERDICTS = 4096
_NO_TABLE = 60
_DESCRIBE_SELECT = re.compile(r"DESCRIBE TABLE \((.*)\)(?: FORMAT (\w+))?\Z", re.DOTALL)
# Lists of what the engine has, which say nothing about data.
_PUBLIC_SHOW = re.compile(
    r"SHOW (?:FUNCTIONS(?: I?LIKE '(?:[^'\\]|\\.)*')?"
    r"|CURRENT ROLES|ENABLED ROLES|ENGINES|PRIVILEGES|SETTING \w+)(?: FORMAT (\w+))?\Z"
)
_NAMED = re.compile(
    r"(?:EXISTS|SHOW CREATE|DESCRIBE) (?:(TABLE|VIEW|DATABASE) )?"
    r"(?:(`(?:[^`\\]|\\.)+`|\w+)\.)?(`(?:[^`\\]|\\.)+`|\w+)(?: FORMAT (\w+))?\Z"
)
_STOPPING = re.compile(r"SYSTEM\s+(SHUTDOWN|KILL|SUSPEND)\b", re.IGNORECASE)
_READER_DATABASES = ("", "default", "bi", "system", "information_schema", "INFORMATION_SCHEMA")


class Guard:
    """Decides on requests; remembers what it let pass, as dashboards repeat themselves."""

    def __init__(self, engine: Engine, world: World) -> None:
        self._engine = engine
        self._world = dataclasses.replace(world, is_public=self._is_public)
        self._lock = threading.Lock()
        self._passed: OrderedDict[tuple[object, ...], None] = OrderedDict()
        self._public: frozenset[str] = frozenset()

    @classmethod
    def of(cls, engine: Engine) -> Guard:
        """A guard that knows this engine's functions."""
        with engine.connect() as connection:
            functions = _pairs(
                connection,
                "SELECT name, categories FROM system.functions WHERE alias_to = ''",
            )
            aliases = _pairs(
                connection, "SELECT name, alias_to FROM system.functions WHERE alias_to != ''"
            )
            combinators = connection.text("SELECT name FROM system.aggregate_function_combinators")
            table_functions = connection.text("SELECT lower(name) FROM system.table_functions")
            system_tables = _tables(connection, "system")
            standard_tables = _tables(connection, "information_schema")
        pure = allowed.pure_functions(functions, aliases)
        world = World(
            functions=pure,
            refused_functions=frozenset(map(str.lower, functions | aliases)) - pure,
            combinators=tuple(sorted(combinators.split(), key=len, reverse=True)),
            table_functions=frozenset(table_functions.split()),
            hidden_tables=system_tables - allowed.SYSTEM_TABLES,
            standard_tables=standard_tables,
            limits={},
            is_public=lambda name: False,
        )
        return cls(engine, world)

    def admit(self, request: Request, account: Account) -> Request:
        """Check what stands beside the statement; gives the request as it may be carried out."""
        if request.role:
            raise DatabaseError(511, f"There is no role `{request.role}` in user directories")
        if not account.guarded:
            return request
        if request.database not in _READER_DATABASES:
            raise DatabaseError(
                497,
                f"{account.name}: Not enough privileges. "
                f"Database {request.database} is not available to this account",
            )
        world = self._world_of(account)
        for name, value in request.settings.items():
            world.check_setting(name, value)
        world.check_format(request.format)
        return dataclasses.replace(
            request,
            database="" if request.database == "default" else request.database,
            settings={k: v for k, v in request.settings.items() if k != "log_comment"},
        )

    def admit_insert(self, request: Request, account: Account) -> None:
        """Inserts are for accounts that write, and never for GET."""
        if account.guarded or not request.changes_allowed:
            raise _read_only(account)
        self.admit(request, account)

    def screen(
        self, connection: Connection, account: Account, request: Request, database: str, text: bytes
    ) -> None:
        """Raise DatabaseError unless this account may run this statement."""
        if account.guarded:
            self._screen_reader(connection, account, request, database, text)
            return
        readable = parser.readable(text, strict=False)
        kind = parser.kind(connection, text, readable)
        if kind == "CONTROL":
            _refuse_stopping(parser.canonical(connection, readable))
        elif kind == "UNKNOWN" and statement.first_word(text) == "SYSTEM":
            raise DatabaseError(62, "Syntax error in a SYSTEM statement")
        if not request.changes_allowed and kind in ("MUTATING", "CONTROL"):
            raise _read_only(account)

    def _screen_reader(
        self,
        connection: Connection,
        account: Account,
        request: Request,
        database: str,
        text: bytes,
    ) -> None:
        key = _key(account, request, database, text)
        with self._lock:
            if key in self._passed:
                self._passed.move_to_end(key)
                return
        readable = parser.readable(text, strict=True)
        if parser.kind(connection, text, readable) not in ("READ_ONLY", "UNKNOWN"):
            raise _read_only(account)
        world = self._world_of(account)
        if statement.first_word(text) in _BY_NAME:
            self._judge_named(connection, world, database, request, readable)
        else:
            tree.judge(_tree(connection, world, readable), world, database, request.params)
        with self._lock:
            self._passed[key] = None
            while len(self._passed) > _MOST_VERDICTS:
                self._passed.popitem(last=False)

    def admit_format(self, account: Account, format: str) -> None:
        """Raise DatabaseError unless this account may have a result in this format."""
        self._world_of(account).check_format(format)

    def _world_of(self, account: Account) -> World:
        return dataclasses.replace(self._world, limits=account.settings, account=account.name)

    def _judge_named(
        self, connection: Connection, world: World, database: str, request: Request, text: str
    ) -> None:
        """DESCRIBE, EXISTS and SHOW CREATE have no tree; their canonical text is simple enough."""
        canonical = parser.canonical(connection, text)
        if inner := _DESCRIBE_SELECT.fullmatch(canonical):
            world.check_format(inner[2] or "")
            tree.judge(_tree(connection, world, inner[1]), world, database, request.params)
        elif listed := _PUBLIC_SHOW.fullmatch(canonical):
            world.check_format(listed[1] or "")
        elif named := _NAMED.fullmatch(canonical):
            _judge_name(world, database, *named.groups(), asks=canonical.startswith("EXISTS "))
        elif canonical.startswith("SHOW ") and not canonical.startswith("SHOW CREATE "):
            tree.judge(_tree(connection, world, text), world, database, request.params)
        else:
            raise _not_available(world)

    def _is_public(self, name: str) -> bool:
        """Whether `bi` has a table of this name; asked of the engine when it is a new one."""
        if name not in self._public:
            with self._engine.connect() as connection:
                self._public = _tables(connection, "bi")
        return name in self._public


_BY_NAME = frozenset({"DESCRIBE", "DESC", "EXISTS", "SHOW"})


def _key(
    account: Account, request: Request, database: str, text: bytes
) -> tuple[str, str, bytes, object]:
    """What a verdict depends on; parameters only count where they stand for names."""
    params = tuple(sorted(request.params.items())) if b"Identifier" in text else ()
    return account.name, database, hashlib.sha256(text).digest(), params


def _judge_name(
    world: World,
    database: str,
    kind: str | None,
    outer: str | None,
    name: str,
    format: str | None,
    *,
    asks: bool,
) -> None:
    world.check_format(format or "")
    if kind == "DATABASE":
        world.check_database(_unquoted(name))
        return
    try:
        world.check_table([_unquoted(outer or database), _unquoted(name)], database)
    except DatabaseError as error:
        # Whether a table exists may be asked of one that does not.
        if not asks or error.code != _NO_TABLE:
            raise


def _tree(connection: Connection, world: World, text: str) -> tree.Node:
    found = parser.whole_tree(connection, text)
    if found is None:
        raise _not_available(world)
    return found


def _refuse_stopping(canonical: str) -> None:
    if _STOPPING.match(canonical):
        raise DatabaseError(
            497, "The embedded server is stopped by its supervisor only (pacekeeper down)"
        )


def _unquoted(name: str) -> str:
    if not name.startswith("`"):
        return name
    return re.sub(r"\\(.)", r"\1", name[1:-1])


def _tables(connection: Connection, database: str) -> frozenset[str]:
    names = connection.text(f"SELECT name FROM system.tables WHERE database = '{database}'")
    return frozenset(names.split("\n")) - {""}


def _pairs(connection: Connection, query: str) -> dict[str, str]:
    rows = connection.text(query + " FORMAT JSONCompactEachRow").splitlines()
    return dict(json.loads(row) for row in rows)


def _not_available(world: World) -> DatabaseError:
    return world.refused("This statement is not available")


def _read_only(account: Account) -> DatabaseError:
    return DatabaseError(164, f"{account.name}: Cannot execute query in readonly mode")
