package io.flowfi.payment;

/** The status of a payment stream. CANCELLED and COMPLETED are final. */
public enum StreamStatus {
  ACTIVE,
  PAUSED,
  CANCELLED,
  COMPLETED;

  public boolean isFinal() {
    return this == CANCELLED || this == COMPLETED;
  }
}
