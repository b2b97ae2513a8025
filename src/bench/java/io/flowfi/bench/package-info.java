/**
 * The benchmark: a load generator that uses little CPU itself, the peers FlowFi is compared with,
 * the rows of the table, and the report. A Maven project of its own ({@code src/bench/pom.xml}); it
 * talks to the servers over loopback sockets and knows nothing of their internals. {@code
 * docs/benchmarks.md} says how to run it and how to read it.
 */
package io.flowfi.bench;
