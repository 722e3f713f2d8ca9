"""What the read-only account may use, by name: tables, functions, formats, settings."""

from __future__ import annotations

import re
from collections.abc import Mapping


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


DATABASES = frozenset({"bi", "information_schema", "INFORMATION_SCHEMA"})

# Of `system`, what clients need at connect and hold no other account's data. The rows of other
# databases are hidden by ROW_FILTERS.
SYSTEM_TABLES = _names(
    """
    aggregate_function_combinators build_options collations columns contributors current_roles
    data_type_families databases enabled_roles formats functions keywords licenses numbers
    numbers_mt one privileges settings table_engines table_functions tables time_zones zeros
    zeros_mt
    """
)
_VISIBLE = "('bi', 'system', 'information_schema', 'INFORMATION_SCHEMA')"
ROW_FILTERS = {
    "system.tables": f"database IN {_VISIBLE}",
    "system.columns": f"database IN {_VISIBLE}",
    "system.databases": f"name IN {_VISIBLE}",
}

TABLE_FUNCTIONS = _names(
    """
    generate_series generateseries null numbers numbers_mt primes sqlstandardvalues values zeros
    zeros_mt
    """
)

# Whole families of functions that read nothing but their arguments, by the engine's categories.
_PURE_CATEGORIES = frozenset(
    {
        "Aggregate Functions",
        "Arithmetic",
        "Arrays",
        "Bit",
        "Bitmap",
        "Comparison",
        "Conditional",
        "Dates and Times",
        "Distance",
        "Encoding",
        "Encryption",
        "Financial",
        "Geo",
        "Geo Polygon",
        "Hash",
        "IP Address",
        "JSON",
        "Logical",
        "Map",
        "Mathematical",
        "Null",
        "NumericIndexedVector",
        "QBit",
        "Random Number",
        "Rounding",
        "String",
        "String Replacement",
        "String Search",
        "String Splitting",
        "Time Window",
        "Tuple",
        "Type Conversion",
        "URL",
        "UUID",
    }
)
# Members of those families that do reach further: they write ids, read metadata or dictionaries.
_NOT_PURE = frozenset({"chdb", "flamegraph", "generateserialid", "naivebayesngrams"})
# Harmless functions that the engine files under no such family, and those its parser makes up.
_ALSO_PURE = _names(
    """
    _cast bar bytesize casewithexpression connectionid countdigits currentdatabase currentschemas
    currentroles currentuser defaultroles defaultvalueofargumenttype defaultvalueoftypename digits
    displayname enabledroles errorcodetoname exists finalizeaggregation formatquery
    formatqueryornull formatquerysingleline formatquerysinglelineornull formatreadabledecimalsize
    formatreadablequantity formatreadablesize formatreadabletimedelta getsetting
    getsettingordefault getsizeofenumtype getsubcolumn globalvariable hostname fqdn grouping
    identity ignore indexhint initializeaggregation isconstant isdecimaloverflow lambda
    lowcardinalityindices lowcardinalitykeys materialize neighbor nested normalizequery
    normalizequerykeepnames normalizedqueryhash normalizedqueryhashkeepnames parsereadablesize
    parsereadablesizeornull parsereadablesizeorzero parsetimedelta parseiso8601duration
    pggetuserbyid pgtableisvisible queryid revision rownumberinallblocks rownumberinblock
    runningaccumulate
    runningdifference runningdifferencestartingwithfirstvalue tcpport throwif tocolumntypename
    totypename transform untuple uptime varianttype variantelement version visiblewidth
    """
)

# Output formats that make nothing but text or bytes: no templates and schemas, which are files of
# the server, and no registry, which is another server.
FORMATS = _names(
    """
    arrow arrowstream avro bsoneachrow csv csvwithnames csvwithnamesandtypes geojson hash hivetext
    json jsoncolumns jsoncolumnswithmetadata jsoncompact jsoncompactcolumns jsoncompacteachrow
    jsoncompacteachrowwithnames jsoncompacteachrowwithnamesandtypes jsoncompacteachrowwithprogress
    jsoncompactstrings jsoncompactstringseachrow jsoncompactstringseachrowwithnames
    jsoncompactstringseachrowwithnamesandtypes jsoncompactstringseachrowwithprogress jsoneachrow
    jsoneachrowwithprogress jsonl jsonlines jsonobjecteachrow jsonstrings jsonstringseachrow
    jsonstringseachrowwithprogress lineasstring lineasstringwithnames
    lineasstringwithnamesandtypes markdown md msgpack native ndjson npy null odbcdriver2 orc parquet
    png
    pretty prettycompact prettycompactmonoblock prettycompactnoescapes
    prettycompactnoescapesmonoblock prettyjsoneachrow prettyjsonlines prettymonoblock prettyndjson
    prettynoescapes prettynoescapesmonoblock prettyspace prettyspacemonoblock prettyspacenoescapes
    prettyspacenoescapesmonoblock prometheus raw rawblob rawwithnames rawwithnamesandtypes
    rowbinary rowbinarywithnames rowbinarywithnamesandtypes sqlinsert tabseparated tabseparatedraw
    tabseparatedrawwithnames tabseparatedrawwithnamesandtypes tabseparatedwithnames
    tabseparatedwithnamesandtypes tskv tsv tsvraw tsvrawwithnames tsvrawwithnamesandtypes
    tsvwithnames tsvwithnamesandtypes values vertical xml
    """
)

_SETTING_PREFIXES = (
    "date_time_",
    "format_csv_",
    "format_regexp_",
    "input_format_",
    "output_format_",
)
# Of those families the ones that name a file or another server.
_NOT_SETTINGS = _names(
    """
    input_format_record_errors_file_path output_format_avro_confluent_subject output_format_schema
    """
)
# A time zone is looked up as a file: by its name only, never by a path.
_TIME_ZONE = re.compile(r"(?:[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*)?\Z")
_SETTINGS = _names(
    """
    aggregate_functions_null_for_empty any_join_distinct_right_table_keys
    asterisk_include_alias_columns asterisk_include_materialized_columns
    allow_experimental_analyzer allow_suspicious_low_cardinality_types async_insert
    bool_true_representation cast_keep_nullable cast_string_to_dynamic_use_inference
    cast_string_to_variant_use_inference convert_query_to_cnf count_distinct_implementation
    decimal_check_overflow describe_compact_output describe_extend_object_types
    describe_include_subcolumns empty_result_for_aggregation_by_empty_set enable_analyzer
    enable_extended_results_for_datetime_functions extremes final format_binary_max_string_size
    group_by_use_nulls http_response_buffer_size join_algorithm join_use_nulls
    joined_subquery_requires_alias limit log_comment log_queries
    network_compression_method network_zstd_compression_level offset
    optimize_aggregation_in_order optimize_read_in_order
    output_format_native_encode_types_in_binary_format prefer_column_name_to_alias
    query_plan_join_swap_table receive_timeout send_timeout totals_mode transform_null_in
    union_default_mode wait_for_async_insert workload
    """
)
# Settings that may only be lowered from what the account has, or else from what is here.
_LIMITS = frozenset(
    {
        "max_block_size",
        "max_bytes_to_read",
        "max_execution_time",
        "max_memory_usage",
        "max_result_bytes",
        "max_result_rows",
        "max_rows_to_read",
        "max_threads",
    }
)
_CEILINGS = {"max_block_size": "1048576", "max_threads": "64"}
_EXPLAIN_OPTIONS = _names(
    """
    actions compact description distributed dump_ast dump_passes dump_tree graph header indexes
    json keep_logical_steps oneline optimize passes pretty projections query_tree_passes
    run_passes run_query_tree_passes sorting
    """
)


def pure_functions(functions: Mapping[str, str], aliases: Mapping[str, str]) -> frozenset[str]:
    """Of all functions with their categories, those that may be used, in lower case."""
    pure = {name.lower() for name, category in functions.items() if category in _PURE_CATEGORIES}
    pure = (pure - _NOT_PURE) | _ALSO_PURE
    return frozenset(pure | {name.lower() for name, to in aliases.items() if to.lower() in pure})


def setting_refusal(name: str, value: str, limits: Mapping[str, str]) -> str | None:
    """Why the account may not set this, or None if it may; limits may be lowered only."""
    if name in _LIMITS:
        ceiling = limits.get(name) or _CEILINGS.get(name)
        if ceiling is None or _lower(value, ceiling):
            return None
        return f"Setting {name} should be between 1 and {ceiling}"
    if name == "session_timezone":
        return None if _TIME_ZONE.match(value) else f"Setting {name} should name a time zone"
    if name in _SETTINGS or name in _EXPLAIN_OPTIONS:
        return None
    if name.startswith(_SETTING_PREFIXES) and name not in _NOT_SETTINGS:
        return None
    return f"Setting {name} cannot be changed by this account"


def _lower(value: str, ceiling: str) -> bool:
    try:
        return 0 < float(value) <= float(ceiling)
    except ValueError:
        return False
