package io.flowfi.auth;

import io.flowfi.payment.Address;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Who makes a request, and the rights of that caller.
 *
 * @param account the account whose key the credentials name; none in open mode
 * @param roles what the caller may do beyond what an account's owner may
 * @param expires when the credentials end, and with them every event stream opened with them; none
 *     in open mode
 */
public record Caller(Optional<Address> account, Set<Role> roles, Optional<Instant> expires) {

  /** Rights beyond those over one's own streams (contract section 4, claim {@code scope}). */
  public enum Role {
    /** Sees and may do everything. */
    ADMIN,
    /** Registers streams for others and runs commands for them. */
    SERVICE
  }

  /** The caller in open mode: anybody on this machine, with every right. */
  public static final Caller OPEN =
      new Caller(Optional.empty(), Set.of(Role.ADMIN), Optional.empty());

  public Caller {
    roles = Set.copyOf(roles);
    if (account.isEmpty() && !roles.contains(Role.ADMIN)) {
      // nothing would limit what it sees
      throw new IllegalArgumentException("a caller without account must be the open one");
    }
  }

  public boolean isAdmin() {
    return roles.contains(Role.ADMIN);
  }

  /** The caller sees only streams of this account; empty sees everything. */
  public Optional<Address> seesOnly() {
    return isAdmin() ? Optional.empty() : account;
  }

  /** Whether the caller may register streams and run commands for any account. */
  public boolean mayActForOthers() {
    return isAdmin() || roles.contains(Role.SERVICE);
  }
}
