package io.flowfi.store;

/**
 * A pool of connections to the database.
 *
 * @param use what its connections are for
 * @param active connections that work now
 * @param idle connections that are open and free
 * @param waiting threads that wait for a connection
 * @param limit how many connections there may be
 */
public record PoolStatistics(String use, int active, int idle, int waiting, int limit) {}
