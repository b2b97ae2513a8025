package io.flowfi.store;

import io.flowfi.payment.StreamId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** Queries whose text is built from parts, with their values in order. */
final class Statements {
  private Statements() {}

  static Query bound(Handle handle, String sql, List<?> values) {
    Query query = handle.createQuery(sql);
    for (int i = 0; i < values.size(); i++) {
      query.bind(i, values.get(i));
    }
    return query;
  }

  /** Placeholders for this many values, at least one, in brackets. */
  static String marks(int count) {
    return "(" + "?, ".repeat(count - 1) + "?)";
  }

  /** The values for these streams in a statement; the caller may add more. */
  static List<Object> bits(Collection<StreamId> streams) {
    List<Object> values = new ArrayList<>(streams.size());
    streams.forEach(stream -> values.add(stream.bits()));
    return values;
  }
}
