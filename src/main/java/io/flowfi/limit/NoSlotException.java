package io.flowfi.limit;

/** A limit of {@link Slots} is reached. Without a stack trace: an answer, not a defect. */
public final class NoSlotException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Slots.Limit limit;

  public NoSlotException(Slots.Limit limit) {
    super("no slot: " + limit, null, false, false);
    this.limit = limit;
  }

  public Slots.Limit limit() {
    return limit;
  }
}
