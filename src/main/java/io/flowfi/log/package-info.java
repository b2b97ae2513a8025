/**
 * The types of the ordered log: positions, the events at them, filters over them, and the port
 * through which they are read. The ledger writes the log; the feed and the fan-out read it. Uses
 * {@code payment}.
 */
package io.flowfi.log;
