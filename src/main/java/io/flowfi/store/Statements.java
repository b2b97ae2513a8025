package io.flowfi.store;

import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** Queries whose text is put together, with their values in order. */
final class Statements {
  private Statements() {}

  static Query bound(Handle handle, String sql, List<?> values) {
    Query query = handle.createQuery(sql);
    for (int i = 0; i < values.size(); i++) {
      query.bind(i, values.get(i));
    }
    return query;
  }
}
