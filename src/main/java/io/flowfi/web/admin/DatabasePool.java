package io.flowfi.web.admin;

/**
 * The connections of the database's pools, of this node.
 *
 * @param waitingCount threads that wait for one
 */
public record DatabasePool(int totalCount, int idleCount, int waitingCount) {}
