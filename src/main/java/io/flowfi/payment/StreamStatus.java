package io.flowfi.payment;

/** Where a payment stream stands. CANCELLED and COMPLETED are final. */
public enum StreamStatus {
  ACTIVE,
  PAUSED,
  CANCELLED,
  COMPLETED;

  public boolean isFinal() {
    return this == CANCELLED || this == COMPLETED;
  }
}
