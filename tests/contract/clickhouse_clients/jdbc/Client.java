// What users of the official JDBC driver do, step by step; each step is a line of JSON on stdout.

import java.math.BigDecimal;
import java.sql.*;
import java.time.*;
import java.util.*;

public class Client {
    interface Work {
        Object run() throws Exception;
    }

    static final String URL = "jdbc:clickhouse://" + env("HOST") + ":" + env("PORT") + "/bi";
    static final boolean WRITES = env("WRITES").equals("True");

    public static void main(String[] arguments) throws Exception {
        try (Connection connection = connect()) {
            browse(connection);
            read(connection);
            fail(connection);
            write(connection);
        }
        step("wrong password", () -> {
            try (Connection refused = DriverManager.getConnection(URL, env("USER"), "no")) {
                return first(refused, "SELECT 1");
            }
        });
    }

    static Connection connect(String... properties) throws SQLException {
        Properties all = new Properties();
        all.setProperty("user", env("USER"));
        all.setProperty("password", env("PASSWORD"));
        for (int i = 0; i < properties.length; i += 2) all.setProperty(properties[i], properties[i + 1]);
        return DriverManager.getConnection(URL, all);
    }

    static void browse(Connection connection) {
        step("valid", () -> connection.isValid(5));
        step("product", () -> {
            DatabaseMetaData about = connection.getMetaData();
            return List.of(about.getDatabaseProductName(), about.getDatabaseProductVersion(), about.getUserName());
        });
        step("schema", connection::getSchema);
        step("schemas", () -> column(connection.getMetaData().getSchemas(), "TABLE_SCHEM"));
        step("catalogs", () -> column(connection.getMetaData().getCatalogs(), "TABLE_CAT"));
        step("tables", () -> column(connection.getMetaData().getTables(null, "bi", "%", null), "TABLE_NAME"));
        step("views", () -> column(connection.getMetaData().getTables(null, "bi", "%", new String[] {"VIEW"}), "TABLE_NAME"));
        step("columns", () -> rows(connection.getMetaData().getColumns(null, "bi", "all_types", "%"),
                "COLUMN_NAME", "TYPE_NAME", "DATA_TYPE", "IS_NULLABLE", "REMARKS"));
        step("no columns", () -> rows(connection.getMetaData().getColumns(null, "bi", "no_such_view", "%"), "COLUMN_NAME"));
        step("keys", () -> rows(connection.getMetaData().getPrimaryKeys(null, "bi", "all_types"), "COLUMN_NAME"));
        step("imported keys", () -> rows(connection.getMetaData().getImportedKeys(null, "bi", "all_types"), "FKCOLUMN_NAME"));
        step("indexes", () -> rows(connection.getMetaData().getIndexInfo(null, "bi", "all_types", false, false), "INDEX_NAME"));
        step("types", () -> column(connection.getMetaData().getTypeInfo(), "TYPE_NAME"));
        step("table types", () -> column(connection.getMetaData().getTableTypes(), "TABLE_TYPE"));
        step("functions", () -> column(connection.getMetaData().getFunctions(null, null, "sum%"), "FUNCTION_NAME"));
        step("procedures", () -> column(connection.getMetaData().getProcedures(null, null, "%"), "PROCEDURE_NAME"));
    }

    static void read(Connection connection) {
        step("parameters", () -> {
            String ask = "SELECT ?, ?, toDecimal128(?, 10), ?, ?, ?";
            try (PreparedStatement statement = connection.prepareStatement(ask)) {
                statement.setString(1, "武进'; DROP TABLE x --\\\t\n?");
                statement.setLong(2, Long.MIN_VALUE + 1);
                statement.setString(3, "1234567890123456789012345678.0123456789");
                statement.setNull(4, Types.VARCHAR);
                statement.setObject(5, LocalDate.of(2024, 7, 10));
                statement.setArray(6, connection.createArrayOf("String", new Object[] {"武进", "新'北"}));
                try (ResultSet found = statement.executeQuery()) {
                    found.next();
                    return Arrays.asList(found.getString(1), found.getLong(2), found.getBigDecimal(3).toPlainString(),
                            found.getString(4), found.getString(5), found.getArray(6).getArray());
                }
            }
        });
        step("filter", () -> {
            String ask = "SELECT count(), max(value) FROM series WHERE name = ? AND id < ?";
            try (PreparedStatement statement = connection.prepareStatement(ask)) {
                List<Object> found = new ArrayList<>();
                for (String name : List.of("区县3", "区县'; --")) {
                    statement.setString(1, name);
                    statement.setInt(2, 700);
                    try (ResultSet answer = statement.executeQuery()) {
                        answer.next();
                        found.add(answer.getInt(1));
                    }
                }
                return found;
            }
        });
        step("types as objects", () -> everything(connection, false));
        step("types as text", () -> everything(connection, true));
        step("types by getters", () -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT * FROM all_types ORDER BY id")) {
                row.next();
                List<Object> got = new ArrayList<>(Arrays.asList(
                        row.getInt("id"), row.getBoolean("flag"), row.getByte("small"),
                        row.getBigDecimal("large").toPlainString(), row.getBigDecimal("amount").toPlainString(),
                        row.getDouble("ratio"), row.getString("name"), row.getString("lamp"),
                        row.getDate("day"), row.getObject("founded", LocalDate.class),
                        row.getTimestamp("recorded").toInstant(),
                        row.getObject("local", ZonedDateTime.class).toInstant(),
                        row.getObject("local", OffsetDateTime.class).toInstant(),
                        row.getObject("uuid", UUID.class), row.getArray("words").getArray()));
                row.next();
                row.getString("note");
                got.add(row.wasNull());
                row.getBigDecimal("change");
                got.add(row.wasNull());
                return got;
            }
        });
        step("labels", () -> {
            try (Statement statement = connection.createStatement();
                    ResultSet found = statement.executeQuery("SELECT id AS `编号`, amount FROM all_types LIMIT 0")) {
                ResultSetMetaData about = found.getMetaData();
                return Arrays.asList(found.next(), about.getColumnLabel(1), about.getColumnTypeName(2),
                        about.getPrecision(2), about.getScale(2), about.getColumnType(2));
            }
        });
        for (String mode : List.of("plain", "http", "none")) {
            step("stream " + mode, () -> {
                try (Connection other = mode.equals("http") ? connect("client.use_http_compression", "true")
                                : mode.equals("none") ? connect("compress", "false") : connect();
                        Statement statement = other.createStatement();
                        ResultSet found = statement.executeQuery("SELECT id, name, value FROM series")) {
                    long count = 0, total = 0;
                    BigDecimal value = BigDecimal.ZERO;
                    while (found.next()) {
                        count++;
                        total += found.getLong(1);
                        value = value.add(found.getBigDecimal("value"));
                    }
                    return List.of(count, total, value.stripTrailingZeros().toPlainString());
                }
            });
        }
        step("maximum of rows", () -> {
            try (Statement statement = connection.createStatement()) {
                statement.setMaxRows(10);
                return column(statement.executeQuery("SELECT id FROM series ORDER BY id"), "id").size();
            }
        });
        step("no rows", () -> {
            try (Statement statement = connection.createStatement()) {
                return column(statement.executeQuery("SELECT id FROM series WHERE id < 0"), "id");
            }
        });
    }

    static void fail(Connection connection) {
        step("sql error", () -> first(connection, "SELECT missing FROM all_types"));
        step("unknown table", () -> first(connection, "SELECT * FROM no_such_view"));
        step("late error", () -> {
            try (Statement statement = connection.createStatement();
                    ResultSet found = statement.executeQuery("SELECT throwIf(id = 150000), * FROM series")) {
                int count = 0;
                while (found.next()) count++;
                return count;
            }
        });
        step("limit", () -> {
            try (Statement statement = connection.createStatement()) {
                statement.setQueryTimeout(1);
                return statement.executeQuery(env("SLOW")).next();
            }
        });
        step("impatience", () -> {
            try (Connection hurried = connect("socket_timeout", "1000", "retry", "0",
                            "clickhouse_setting_cancel_http_readonly_queries_on_client_close", "1");
                    Statement statement = hurried.createStatement()) {
                return statement.executeQuery(env("SLOW")).next();
            }
        });
        step("cancel", () -> {
            try (Statement statement = connection.createStatement()) {
                Timer timer = new Timer(true);
                timer.schedule(new TimerTask() {
                    public void run() {
                        try {
                            statement.cancel();
                        } catch (SQLException error) {
                            System.err.println(error);
                        }
                    }
                }, 500);
                return statement.executeQuery(env("SLOW") + " SETTINGS max_execution_time = 3").next();
            }
        });
        step("afterwards", () -> first(connection, "SELECT 1"));
    }

    static void write(Connection connection) {
        step("insert", () -> {
            String insert = "INSERT INTO pacekeeper.inserted (client, id, name, value, at, words) VALUES (?, ?, ?, ?, ?, ?)";
            try (PreparedStatement statement = connection.prepareStatement(insert)) {
                for (int i = 0; i < Integer.parseInt(env("ROWS")); i++) {
                    statement.setString(1, "jdbc");
                    statement.setInt(2, i);
                    statement.setString(3, "充电桩" + i);
                    statement.setBigDecimal(4, BigDecimal.valueOf(i).divide(BigDecimal.valueOf(4)));
                    statement.setObject(5, LocalDateTime.of(2024, 7, 10, 0, 0));
                    statement.setArray(6, connection.createArrayOf("String", new Object[] {"武进", "桩"}));
                    statement.addBatch();
                }
                return Arrays.stream(statement.executeBatch()).sum();
            }
        });
        if (!WRITES) return;
        step("inserted", () -> {
            try (Statement statement = connection.createStatement()) {
                return rows(statement.executeQuery("SELECT count() AS rows, sum(value) AS total, any(words) AS words, "
                        + "any(at) AS at FROM pacekeeper.inserted WHERE client = 'jdbc'"), "rows", "total", "words", "at");
            }
        });
        step("definition", () -> {
            try (Statement statement = connection.createStatement()) {
                int made = statement.executeUpdate("CREATE TABLE pacekeeper.from_jdbc (a Int8) ENGINE = Memory");
                int written = statement.executeUpdate("INSERT INTO pacekeeper.from_jdbc VALUES (1), (2)");
                statement.execute("DROP TABLE pacekeeper.from_jdbc");
                return List.of(made, written);
            }
        });
    }

    static Object everything(Connection connection, boolean asText) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT * FROM all_types ORDER BY id")) {
            List<Object> rows = new ArrayList<>();
            while (found.next()) {
                Map<String, Object> row = new LinkedHashMap<>();
                ResultSetMetaData about = found.getMetaData();
                for (int i = 1; i <= about.getColumnCount(); i++) {
                    Object value = asText ? found.getString(i) : found.getObject(i);
                    row.put(about.getColumnName(i), value instanceof java.sql.Array array ? array.getArray() : value);
                }
                rows.add(row);
            }
            return rows;
        }
    }

    static Object first(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet found = statement.executeQuery(query)) {
            return found.next() ? found.getString(1) : null;
        }
    }

    static List<Object> column(ResultSet found, String name) throws SQLException {
        List<Object> values = new ArrayList<>();
        try (found) {
            while (found.next()) values.add(found.getString(name));
        }
        return values;
    }

    static List<Object> rows(ResultSet found, String... names) throws SQLException {
        List<Object> rows = new ArrayList<>();
        try (found) {
            while (found.next()) {
                Map<String, Object> row = new LinkedHashMap<>();
                for (String name : names) row.put(name, found.getString(name));
                rows.add(row);
            }
        }
        return rows;
    }

    static void step(String name, Work work) {
        Map<String, Object> said = new LinkedHashMap<>(Map.of("step", name));
        try {
            said.put("result", work.run());
        } catch (Exception error) {
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("class", error.getClass().getName());
            details.put("message", String.valueOf(error.getMessage()));
            if (error instanceof SQLException sql) details.put("code", sql.getErrorCode());
            said.put("error", details);
        }
        System.out.println(json(said));
    }

    static String json(Object value) {
        if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long) {
            return String.valueOf(value);
        }
        StringJoiner parts;
        if (value instanceof Map<?, ?> map) {
            parts = new StringJoiner(", ", "{", "}");
            map.forEach((key, held) -> parts.add(json(String.valueOf(key)) + ": " + json(held)));
            return parts.toString();
        }
        if (value instanceof Collection<?> || value instanceof Object[]) {
            parts = new StringJoiner(", ", "[", "]");
            (value instanceof Collection<?> all ? all : Arrays.asList((Object[]) value)).forEach(held -> parts.add(json(held)));
            return parts.toString();
        }
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : String.valueOf(value).toCharArray()) {
            quoted.append(c < ' ' || c == '"' || c == '\\' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
        }
        return quoted.append('"').toString();
    }

    static String env(String name) {
        return System.getenv("CLIENT_" + name);
    }
}
