package io.flowfi.store;

import io.flowfi.payment.StreamId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.statement.Query;

/**
 * A statement, put together piece by piece. Each piece brings the values of its own question marks,
 * so text and values keep the same order. The text must be ours; everything from outside is a
 * value. Nothing else gives Jdbi a statement; the writer's and those of the tables of nodes are
 * constants, which are prepared once.
 */
final class Sql {
  private final StringBuilder text = new StringBuilder();
  private final List<Object> values = new ArrayList<>();

  Sql(String text, Object... values) {
    add(text, values);
  }

  /**
   * @param values one for each question mark of the text
   */
  Sql add(String more, Object... values) {
    text.append(more);
    Collections.addAll(this.values, values);
    return this;
  }

  /** The list behind IN, of at least one stream. */
  Sql addList(Collection<StreamId> streams) {
    String mark = "(?";
    for (StreamId stream : streams) {
      add(mark, stream.bits());
      mark = ", ?";
    }
    return add(")");
  }

  /** A list of text or of 64-bit integers as one value, for {@link Dialect#joinsFrom}. */
  Sql addArray(List<Object> list) {
    Object[] elements = list.toArray();
    String type = elements[0] instanceof Long ? "int8" : "text";
    Argument array =
        (position, statement, context) ->
            statement.setArray(position, statement.getConnection().createArrayOf(type, elements));
    return add("?", array);
  }

  Query on(Handle handle) {
    Query query = handle.createQuery(text.toString());
    for (int i = 0; i < values.size(); i++) {
      query.bind(i, values.get(i));
    }
    return query;
  }

  /** For a statement that is not a query. */
  void run(Handle handle) {
    handle.execute(text.toString(), values.toArray());
  }
}
