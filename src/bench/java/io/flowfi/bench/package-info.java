/**
 * The benchmark: a load generator that uses little CPU itself, the peers FlowFi is compared with,
 * the rows of the table, and the report. Compiled by the {@code bench} profile only; talks to the
 * servers over loopback sockets and knows nothing of their insides. {@code docs/benchmarks.md} says
 * how to run it and how to read it.
 */
package io.flowfi.bench;
