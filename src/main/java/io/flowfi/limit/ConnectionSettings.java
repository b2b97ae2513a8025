package io.flowfi.limit;

/**
 * How many event streams may be open at once.
 *
 * @param total over all clients
 * @param perAddress from one client address
 * @param perUser of one account
 */
public record ConnectionSettings(int total, int perAddress, int perUser) {
  public ConnectionSettings {
    if (total < 1 || perAddress < 1 || perUser < 1) {
      throw new IllegalArgumentException("connection limits must be positive");
    }
  }
}
