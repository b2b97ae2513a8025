package io.flowfi.http;

/**
 * How many event streams may be open at once.
 *
 * @param total in all
 * @param perAddress from one client address
 */
public record ConnectionSettings(int total, int perAddress) {
  public ConnectionSettings {
    if (total < 1 || perAddress < 1) {
      throw new IllegalArgumentException("connection limits must be positive");
    }
  }
}
