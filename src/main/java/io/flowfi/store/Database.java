package io.flowfi.store;

import io.flowfi.cluster.ClusterStore;
import java.util.Optional;
import javax.sql.DataSource;

/** A database that holds the store's tables. Each kind of database implements this once. */
public interface Database extends AutoCloseable {

  /** Connections for the one writer. */
  DataSource writer();

  /** Connections that cannot write. */
  DataSource readers(ReadUse use);

  Dialect dialect();

  /** Connections for {@link Schema}, of which it may need two at a time. */
  default DataSource migrations() {
    return writer();
  }

  /** What several nodes share; empty if the database belongs to one. */
  default Optional<ClusterStore> cluster() {
    return Optional.empty();
  }

  /**
   * Does work that one node at a time does, see {@link SqlStore#alone}. A database that has only
   * one node has nothing to ask.
   */
  default boolean alone(Runnable work) {
    work.run();
    return true;
  }

  @Override
  void close();
}
