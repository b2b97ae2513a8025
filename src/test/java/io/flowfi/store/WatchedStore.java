package io.flowfi.store;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * A database that is used through connections which ask for the plan of every statement, with its
 * values, before they run it. Closing it closes the store.
 */
final class WatchedStore implements Database {
  private static final Pattern PLANNED = Pattern.compile("SELECT|WITH|INSERT|UPDATE|DELETE");

  private final SqlStore store;
  private final String explain;
  private final String preparing;

  /** The steps of the plan of each statement that was run, by its text. */
  final Map<String, List<String>> plans = new ConcurrentHashMap<>();

  /**
   * @param explain what goes before a statement whose plan is asked for
   * @param preparing runs first on each connection; empty for nothing
   */
  WatchedStore(SqlStore store, String explain, String preparing) {
    this.store = store;
    this.explain = explain;
    this.preparing = preparing;
  }

  @Override
  public DataSource writer() {
    return watched(store.writer());
  }

  @Override
  public DataSource readers(ReadUse use) {
    return watched(store.readers(use));
  }

  private DataSource watched(DataSource real) {
    return proxy(
        DataSource.class,
        (proxy, method, arguments) -> {
          Object result = call(method, real, arguments);
          if (!(result instanceof Connection connection)) {
            return result;
          }
          if (!preparing.isEmpty()) {
            try (Statement statement = connection.createStatement()) {
              statement.execute(preparing);
            }
          }
          return watched(connection);
        });
  }

  @Override
  public Dialect dialect() {
    return store.dialect();
  }

  @Override
  public DataSource migrations() {
    return store.migrations();
  }

  @Override
  public void close() {
    store.close();
  }

  private Connection watched(Connection real) {
    return proxy(
        Connection.class,
        (proxy, method, arguments) -> {
          Object result = call(method, real, arguments);
          if (result instanceof PreparedStatement statement) {
            return watched(real, statement, (String) arguments[0]);
          } else if (result instanceof Statement statement) {
            return watched(real, statement);
          }
          return result;
        });
  }

  /** Remembers the values as they are given, to give them to the question for the plan too. */
  private PreparedStatement watched(Connection connection, PreparedStatement real, String sql) {
    List<Consumer<PreparedStatement>> values = new ArrayList<>();
    return proxy(
        PreparedStatement.class,
        (proxy, method, arguments) -> {
          String name = method.getName();
          if (name.startsWith("execute")) {
            plan(connection, sql, values);
          } else if (name.startsWith("set") && arguments.length == 2) {
            values.add(question -> setting(method, question, arguments));
          }
          return call(method, real, arguments);
        });
  }

  private Statement watched(Connection connection, Statement real) {
    return proxy(
        Statement.class,
        (proxy, method, arguments) -> {
          if (method.getName().startsWith("execute")) {
            plan(connection, (String) arguments[0], List.of());
          }
          return call(method, real, arguments);
        });
  }

  private static void setting(Method method, PreparedStatement question, Object[] arguments) {
    try {
      method.invoke(question, arguments);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private void plan(Connection connection, String sql, List<Consumer<PreparedStatement>> values)
      throws SQLException {
    if (!PLANNED.matcher(sql).lookingAt() || plans.containsKey(sql)) {
      return;
    }
    try (PreparedStatement question = connection.prepareStatement(explain + sql)) {
      values.forEach(value -> value.accept(question));
      List<String> steps = new ArrayList<>();
      try (ResultSet rows = question.executeQuery()) {
        int last = rows.getMetaData().getColumnCount();
        while (rows.next()) {
          steps.add(rows.getString(last));
        }
      }
      plans.put(sql, steps);
    }
  }

  private static Object call(Method method, Object target, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            WatchedStore.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
