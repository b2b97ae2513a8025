package io.flowfi.log;

import io.flowfi.payment.PaymentStream;
import java.util.List;

/**
 * States of streams in the order the streams were created.
 *
 * @param readAt the log position at which all of them were read
 * @param last whether there are no more
 */
public record StatePage(List<State> states, LogPosition readAt, boolean last) {
  /**
   * One stream.
   *
   * @param born the position of its first event
   */
  public record State(PaymentStream stream, LogPosition born) {}
}
