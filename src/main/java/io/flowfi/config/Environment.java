package io.flowfi.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The variables of the process: environment variables, each overridden by the system property of
 * the same name. A blank value counts as none, because that is how compose files and shells write
 * "not set". Immutable.
 */
public final class Environment {
  /** The library also takes a bare number as milliseconds, but people often mean seconds. */
  private static final Pattern DURATION = Pattern.compile("[0-9]{1,9}(ms|s|m|h)");

  private static final Pattern WHOLE_NUMBER = Pattern.compile("[0-9]{1,9}");

  private final Config values;

  /**
   * @param systemProperties win over {@code variables}
   */
  public Environment(Map<String, String> variables, Map<String, String> systemProperties) {
    values =
        ConfigFactory.parseMap(settable(systemProperties), "system property")
            .withFallback(ConfigFactory.parseMap(settable(variables), "environment variable"));
  }

  /** The variables of this process. */
  public static Environment ofProcess() {
    Map<String, String> properties = new HashMap<>();
    for (String name : System.getProperties().stringPropertyNames()) {
      properties.put(name, System.getProperty(name));
    }
    return new Environment(System.getenv(), properties);
  }

  private static Map<String, Object> settable(Map<String, String> all) {
    return all.entrySet().stream()
        .filter(entry -> entry.getKey().matches("[A-Z][A-Z0-9_]*") && !entry.getValue().isBlank())
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().strip()));
  }

  /** Whether the variable has a value. */
  public boolean isSet(String variable) {
    return values.hasPath(variable);
  }

  /** Those that are set, whose names begin so. */
  Map<String, String> beginning(String prefix) {
    return values.root().keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .collect(Collectors.toMap(name -> name, values::getString));
  }

  public Optional<String> text(String variable) {
    return isSet(variable) ? Optional.of(values.getString(variable)) : Optional.empty();
  }

  /**
   * A whole number.
   *
   * @throws InvalidSettingException if it is not one between {@code min} and {@code max}
   */
  public int integer(String variable, int standard, int min, int max) {
    if (!isSet(variable)) {
      return standard;
    }
    // the library would cut 3001.5 down to 3001
    if (WHOLE_NUMBER.matcher(values.getString(variable)).matches()) {
      int value = values.getInt(variable);
      if (value >= min && value <= max) {
        return value;
      }
    }
    throw new InvalidSettingException(
        variable, "must be a whole number between " + min + " and " + max);
  }

  /**
   * A duration such as {@code 15s}, {@code 2m} or {@code 500ms}.
   *
   * @throws InvalidSettingException if it is not one between {@code min} and {@code max}
   */
  public Duration duration(String variable, Duration standard, Duration min, Duration max) {
    if (!isSet(variable)) {
      return standard;
    }
    if (DURATION.matcher(values.getString(variable)).matches()) {
      Duration value = values.getDuration(variable);
      if (value.compareTo(min) >= 0 && value.compareTo(max) <= 0) {
        return value;
      }
    }
    throw new InvalidSettingException(
        variable,
        "must be a duration such as 15s, 2m or 500ms, between " + text(min) + " and " + text(max));
  }

  /**
   * One of the names of an enum, in lower case.
   *
   * @throws InvalidSettingException if it is another text
   */
  public <E extends Enum<E>> E choice(String variable, E standard) {
    if (!isSet(variable)) {
      return standard;
    }
    String wanted = values.getString(variable);
    E[] choices = standard.getDeclaringClass().getEnumConstants();
    return Arrays.stream(choices)
        .filter(choice -> name(choice).equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidSettingException(
                    variable,
                    "must be one of "
                        + Arrays.stream(choices)
                            .map(Environment::name)
                            .collect(Collectors.joining(", "))));
  }

  private static String name(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT);
  }

  private static String text(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + "s"
        : duration.toMillis() + "ms";
  }
}
