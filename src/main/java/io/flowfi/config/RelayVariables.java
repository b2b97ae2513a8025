package io.flowfi.config;

import io.flowfi.redis.RedisSettings;
import io.flowfi.relay.RelaySettings;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** The variables about how the nodes of one log hear of each other. */
final class RelayVariables {
  private static final String REDIS = "REDIS_URL";
  private static final String AUTHORITIES = "REDIS_CA_FILE";
  private static final String POLL = "LOG_POLL_INTERVAL";

  private RelayVariables() {}

  /** Empty if the node has its database for itself. */
  static Optional<RelaySettings> read(Environment environment) {
    if (ServerSettings.sharedDatabase(environment).isEmpty()) {
      for (String variable : new String[] {REDIS, AUTHORITIES, POLL}) {
        if (environment.isSet(variable)) {
          throw new InvalidSettingException(
              variable,
              "must be unset, or DATABASE_URL must name a database that several nodes share: the"
                  + " embedded database belongs to one node, which needs no word from others");
        }
      }
      return Optional.empty();
    }
    return Optional.of(
        new RelaySettings(
            environment.duration(
                POLL,
                RelaySettings.STANDARD_POLL,
                RelaySettings.SHORTEST_POLL,
                RelaySettings.LONGEST_POLL),
            redis(environment)));
  }

  private static Optional<RedisSettings> redis(Environment environment) {
    Optional<Path> authorities = environment.text(AUTHORITIES).map(RelayVariables::file);
    Optional<String> url = environment.text(REDIS);
    if (authorities.isPresent() && url.filter(text -> text.startsWith("rediss")).isEmpty()) {
      throw new InvalidSettingException(
          AUTHORITIES, "must come with a REDIS_URL that begins with rediss: it is about TLS");
    }
    try {
      return url.map(text -> RedisSettings.parse(text, authorities));
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(REDIS, RedisSettings.FORMS);
    }
  }

  private static Path file(String text) {
    try {
      Path file = Path.of(text).toAbsolutePath().normalize();
      if (Files.isReadable(file)) {
        return file;
      }
    } catch (InvalidPathException e) {
      // rejected below
    }
    throw new InvalidSettingException(
        AUTHORITIES, "must be a readable file with certificates as PEM");
  }
}
