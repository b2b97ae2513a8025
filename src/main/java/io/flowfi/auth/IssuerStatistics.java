package io.flowfi.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The keys of an outside issuer.
 *
 * @param age since they were last read; empty if they never were
 * @param certificateEnds when the certificate of the address that they are read from expires; empty
 *     without TLS, or before the first read
 */
public record IssuerStatistics(Optional<Duration> age, Optional<Instant> certificateEnds) {}
