package io.flowfi.store;

import javax.sql.DataSource;

/** A database that the store keeps its tables in: a second kind is a second one of these. */
public interface Database extends AutoCloseable {

  /** The connections of the one who writes. */
  DataSource writer();

  /** Connections that cannot write. */
  DataSource readers(ReadUse use);

  Dialect dialect();

  @Override
  void close();
}
