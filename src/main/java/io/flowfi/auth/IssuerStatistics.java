package io.flowfi.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The keys of an outside issuer.
 *
 * @param age since they were last read; empty if they never were
 * @param failing whether the last attempt to read them failed; they are read only when a token
 *     needs them
 * @param certificateEnds when the certificate of the address that they are read from expires; empty
 *     without TLS, or before the first read
 */
public record IssuerStatistics(
    Optional<Duration> age, boolean failing, Optional<Instant> certificateEnds) {}
