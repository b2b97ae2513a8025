package io.flowfi.config;

import io.flowfi.metrics.MetricsSettings;
import java.net.InetAddress;
import java.util.Optional;

/** The variables about the port of the figures. */
final class MetricsVariables {
  private static final String PORT = "METRICS_PORT";
  private static final String BIND = "METRICS_BIND";

  private MetricsVariables() {}

  /** Empty if the figures have no port of their own. */
  static Optional<MetricsSettings> read(Environment environment) {
    if (!environment.isSet(PORT)) {
      if (environment.isSet(BIND)) {
        throw new InvalidSettingException(
            BIND, "must be unset without METRICS_PORT, whose address it is");
      }
      return Optional.empty();
    }
    int port = environment.integer(PORT, 0, 1, 65_535);
    if (port == environment.integer("PORT", 3001, 1, 65_535)) {
      throw new InvalidSettingException(PORT, "must be another port than PORT");
    }
    return Optional.of(
        new MetricsSettings(
            ServerSettings.parsed(
                environment,
                BIND,
                ServerSettings::address,
                InetAddress.getLoopbackAddress(),
                "must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them"),
            port));
  }
}
