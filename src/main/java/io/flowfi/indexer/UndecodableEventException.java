package io.flowfi.indexer;

import io.flowfi.payment.StreamId;
import java.util.Optional;

/** An event or entry of the chain that is not exactly one well-formed value of a known form. */
public final class UndecodableEventException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Optional<StreamId> stream;

  /**
   * @param reason a sentence for the operator: what is wrong, at which byte
   * @param stream the stream that it is about, if its topics could still be read
   */
  public UndecodableEventException(String reason, Optional<StreamId> stream, Throwable cause) {
    super(reason, cause);
    this.stream = stream;
  }

  public Optional<StreamId> stream() {
    return stream;
  }
}
