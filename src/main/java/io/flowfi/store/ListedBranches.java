package io.flowfi.store;

import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/**
 * Many branches of a union as a join with lists of values, see {@link Dialect#joinsFrom}: the
 * statement is planned in a millisecond, however many values there are.
 *
 * <p>A join cannot merge branches in order and stop at the limit, as a union can. So it looks
 * twice. The first look takes a few rows of each branch. As many of them as are wanted, nearest
 * first, end at a place that the wanted rows cannot go beyond. The second look goes to that place,
 * so it reads little more than the wanted rows, unless most of them are in a few branches; then it
 * reads at most the limit of each of these.
 *
 * <p>The planner does not know the values, and would guess how many rows have one: too many, where
 * few values are usual, so that it would walk through the whole log for those that are not. So the
 * conditions and the order are those of one index alone.
 *
 * @param place the indexed column that the rows are in the order of; it is unique
 * @param keys values by their column, alternatives; each has an index of key, type and place
 * @param types the types to look up; null if the indexes have none
 */
record ListedBranches(
    String table, String place, Map<String, List<Object>> keys, List<Object> types) {
  /** Rows that the first look takes of each branch. */
  private static final int AT_FIRST = 4;

  /** Until the transaction ends. A small table would be read once for each branch otherwise. */
  static void useIndexes(Handle handle) {
    new Sql("SET LOCAL enable_seqscan = off").run(handle);
    new Sql("SET LOCAL enable_bitmapscan = off").run(handle);
  }

  /**
   * Adds a query of the places, without an order of its own.
   *
   * @param first the first place that may be found
   * @param last the last one
   * @param limit how many are wanted, at least 1
   */
  void addTo(Sql sql, long first, long last, boolean ascending, long limit) {
    String near = "COALESCE((SELECT " + place + " FROM near), ?)";
    String direction = ascending ? "" : " DESC";
    sql.add("WITH near AS MATERIALIZED (SELECT " + place + " FROM (");
    addBranches(sql, new String[] {"?", "?"}, first, last, direction, AT_FIRST);
    sql.add(") AS early ORDER BY " + place + direction + " OFFSET ? LIMIT 1) ", limit - 1);
    String[] ends = ascending ? new String[] {"?", near} : new String[] {near, "?"};
    addBranches(sql, ends, first, last, direction, limit);
  }

  private void addBranches(
      Sql sql, String[] ends, long first, long last, String direction, long limit) {
    String between = "";
    String type = types == null ? "" : "type, ";
    String typeSought = types == null ? "" : "types.value, ";
    for (Map.Entry<String, List<Object>> key : keys.entrySet()) {
      String index = "(" + key.getKey() + ", " + type + place + ")";
      String sought = "(keys.value, " + typeSought;
      sql.add(between + "SELECT branch." + place + " FROM unnest(").addArray(key.getValue());
      sql.add(") AS keys(value)");
      if (types != null) {
        sql.add(" CROSS JOIN unnest(").addArray(types).add(") AS types(value)");
      }
      sql.add(" CROSS JOIN LATERAL (SELECT " + place + " FROM " + table + " WHERE ");
      sql.add(index + " >= " + sought + ends[0] + ")", first);
      sql.add(" AND " + index + " <= " + sought + ends[1] + ")", last);
      sql.add(" ORDER BY " + key.getKey() + direction + ", ");
      sql.add(types == null ? "" : "type" + direction + ", ");
      sql.add(place + direction + " LIMIT ?) AS branch", limit);
      between = " UNION ";
    }
  }
}
