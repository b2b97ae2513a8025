/**
 * The fan-out engine: a ring of encoded frames, subscribers that are a filter plus a position, and
 * the pump threads that deliver to them. Knows nothing of HTTP or of SSE: bytes leave through
 * {@link io.flowfi.fanout.EventOutput}, older events come through {@link io.flowfi.fanout.Backlog},
 * and a {@link io.flowfi.fanout.Wording} makes the control frames. Uses {@code log}, {@code
 * payment}, {@code counts}, {@code health} and {@code threads}.
 *
 * <p>A {@link io.flowfi.fanout.Pump} gives connections their turns; its {@link
 * io.flowfi.fanout.Round} delivers what was published, and its {@link io.flowfi.fanout.Reminders}
 * are the timers. A {@link io.flowfi.fanout.Connection} is the life of one subscriber. A {@link
 * io.flowfi.fanout.CatchUp} reads on while it is behind, its {@link
 * io.flowfi.fanout.ConnectionOutput} writes its bytes, and its {@link
 * io.flowfi.fanout.ConnectionHandle} is the part that other threads hold. Connections use their
 * pump through its {@link io.flowfi.fanout.PumpTools}.
 */
package io.flowfi.fanout;
