/**
 * The fan-out engine: a ring of encoded frames, subscribers that are a filter plus a position, and
 * the pump threads that move them on. Knows nothing of HTTP and of event streams: bytes leave
 * through {@link io.flowfi.fanout.EventOutput}, older events come through {@link
 * io.flowfi.fanout.Backlog}, and what is said beside the events is a {@link
 * io.flowfi.fanout.Wording}'s. Uses {@code log}, {@code payment}, {@code health} and {@code
 * threads} only.
 *
 * <p>A {@link io.flowfi.fanout.Pump} says whose turn it is; its {@link io.flowfi.fanout.Round}
 * brings what was published, its {@link io.flowfi.fanout.Reminders} what the clock brings. A {@link
 * io.flowfi.fanout.Connection} is the life of one subscriber, a {@link io.flowfi.fanout.CatchUp}
 * how it reads on while it is behind, its {@link io.flowfi.fanout.ConnectionOutput} how its bytes
 * leave, and its {@link io.flowfi.fanout.ConnectionHandle} what other threads hold of it. What they
 * need of their pump are its {@link io.flowfi.fanout.PumpTools}.
 */
package io.flowfi.fanout;
