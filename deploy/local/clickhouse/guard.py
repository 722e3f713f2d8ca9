"""Lets a statement pass or refuses it: one at a time for all, listed reads only for the reader.

For a guarded account three things must agree: the engine's classification (one statement, which
only reads), the lists of `allowed`, and the whole syntax tree as `tree` judges it. The account's
limits and `readonly` stand behind them in the engine.
"""

from __future__ import annotations

import dataclasses
import json
import re
import threading
from collections import OrderedDict

from deploy.local.clickhouse import allowed, statement, tree
from deploy.local.clickhouse.accounts import Account
from deploy.local.clickhouse.engine import Connection, Engine
from deploy.local.clickhouse.errors import DatabaseError
from deploy.local.clickhouse.request import Request

_MOST_VERDICTS = 1024
# What parseQueryToJSON answers for statements that are more than a plain read.
_NO_TREE = 36
_DESCRIBE_SELECT = re.compile(r"DESCRIBE TABLE \((.*)\)(?: FORMAT (\w+))?\Z", re.DOTALL)
_SHOW_FUNCTIONS = re.compile(r"SHOW FUNCTIONS(?: I?LIKE '(?:[^'\\]|\\.)*')?(?: FORMAT (\w+))?\Z")
_NAMED = re.compile(
    r"(?:EXISTS|SHOW CREATE|DESCRIBE) (?:(TABLE|VIEW|DATABASE) )?"
    r"(?:(`(?:[^`\\]|\\.)+`|\w+)\.)?(`(?:[^`\\]|\\.)+`|\w+)(?: FORMAT (\w+))?\Z"
)
_STOPPING = re.compile(r"SYSTEM\s+(SHUTDOWN|KILL|SUSPEND)\b", re.IGNORECASE)
_READER_DATABASES = ("", "default", "bi", "system", "information_schema", "INFORMATION_SCHEMA")


class Guard:
    """Decides on requests; remembers what it let pass, as dashboards repeat themselves."""

    def __init__(self, engine: Engine, world: tree.World) -> None:
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
        categories = functions | {a: functions.get(to, "") for a, to in aliases.items()}
        world = tree.World(
            functions=allowed.pure_functions(categories),
            combinators=tuple(sorted(combinators.split(), key=len, reverse=True)),
            table_functions=frozenset(table_functions.split()),
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
        for name, value in request.settings.items():
            tree.check_setting(name, value, account.settings)
        tree.check_format(request.format)
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
        readable = _readable(text, strict=account.guarded)
        kind, count = connection.classify(readable)
        if kind == "UNKNOWN" and not statement.first_word(text):
            raise DatabaseError(62, "Empty query")
        if count > 1:
            raise DatabaseError(62, "Syntax error (Multi-statements are not allowed)")
        if kind == "CONTROL":
            _refuse_stopping(connection, readable)
        if account.guarded:
            self._screen_reader(connection, account, request, database, readable, kind)
        elif not request.changes_allowed and kind in ("MUTATING", "CONTROL"):
            raise _read_only(account)

    def _screen_reader(
        self,
        connection: Connection,
        account: Account,
        request: Request,
        database: str,
        text: str,
        kind: str,
    ) -> None:
        key = (text, database, tuple(sorted(request.params.items())))
        with self._lock:
            if key in self._passed:
                self._passed.move_to_end(key)
                return
        if kind not in ("READ_ONLY", "UNKNOWN"):
            raise _read_only(account)
        world = dataclasses.replace(self._world, limits=account.settings)
        if statement.first_word(text.encode()) in _BY_NAME:
            self._judge_named(connection, world, database, request, text)
        else:
            tree.judge(_tree(connection, text), world, database, request.params)
        with self._lock:
            self._passed[key] = None
            while len(self._passed) > _MOST_VERDICTS:
                self._passed.popitem(last=False)

    def _judge_named(
        self, connection: Connection, world: tree.World, database: str, request: Request, text: str
    ) -> None:
        """DESCRIBE, EXISTS and SHOW CREATE have no tree; their canonical text is simple enough."""
        canonical = _canonical(connection, text)
        if inner := _DESCRIBE_SELECT.fullmatch(canonical):
            tree.check_format(inner[2] or "")
            tree.judge(_tree(connection, inner[1]), world, database, request.params)
            return
        if listed := _SHOW_FUNCTIONS.fullmatch(canonical):
            tree.check_format(listed[1] or "")
            return
        if canonical.startswith("SHOW ") and not canonical.startswith("SHOW CREATE "):
            tree.judge(_tree(connection, text), world, database, request.params)
            return
        named = _NAMED.fullmatch(canonical)
        if named is None:
            raise _not_available()
        kind, outer, inner_name, format = named.groups()
        tree.check_format(format or "")
        name = _unquoted(inner_name)
        parts = [name, "?"] if kind == "DATABASE" else [_unquoted(outer or database), name]
        tree.check_table(parts, world)

    def _is_public(self, name: str) -> bool:
        """Whether `bi` has a table of this name; asked of the engine when it is a new one."""
        if name not in self._public:
            with self._engine.connect() as connection:
                names = connection.text("SELECT name FROM system.tables WHERE database = 'bi'")
            self._public = frozenset(names.split("\n")) - {""}
        return name in self._public


_BY_NAME = frozenset({"DESCRIBE", "DESC", "EXISTS", "SHOW"})


def _readable(text: bytes, *, strict: bool) -> str:
    if b"\x00" in text and strict:
        raise DatabaseError(62, "Syntax error: the statement holds a NUL character")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        if strict:
            raise DatabaseError(62, "Syntax error: the statement is not valid UTF-8") from None
        # The engine itself gets the bytes as they came; here only the shape matters.
        return text.decode("utf-8", "replace")


def _refuse_stopping(connection: Connection, text: str) -> None:
    canonical = _canonical(connection, text)
    if _STOPPING.match(canonical):
        raise DatabaseError(
            497, "The embedded server is stopped by its supervisor only (pacekeeper down)"
        )


def _canonical(connection: Connection, text: str) -> str:
    """The statement as the engine itself writes it: no comments, one line, plain quoting."""
    return _ours(connection, "formatQuerySingleLine", text).strip()


def _tree(connection: Connection, text: str) -> tree.Node:
    try:
        parsed: tree.Node = json.loads(_ours(connection, "parseQueryToJSON", text))
    except DatabaseError as error:
        if error.code == _NO_TREE:
            raise _not_available() from error
        raise
    return parsed


def _ours(connection: Connection, function: str, text: str) -> str:
    try:
        return connection.text(f"SELECT {function}({{q:String}})", {"q": _escaped(text)})
    except DatabaseError as error:
        plain = error.text.partition(": In scope SELECT " + function)[0]
        raise DatabaseError(error.code, plain, error.name) from error


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _unquoted(name: str) -> str:
    if not name.startswith("`"):
        return name
    return re.sub(r"\\(.)", r"\1", name[1:-1])


def _pairs(connection: Connection, query: str) -> dict[str, str]:
    rows = connection.text(query + " FORMAT JSONCompactEachRow").splitlines()
    return dict(json.loads(row) for row in rows)


def _not_available() -> DatabaseError:
    return DatabaseError(
        497, "bi: Not enough privileges. This statement is not available to this account"
    )


def _read_only(account: Account) -> DatabaseError:
    return DatabaseError(164, f"{account.name}: Cannot execute query in readonly mode")
