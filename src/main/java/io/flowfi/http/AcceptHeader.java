package io.flowfi.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What an {@code Accept} header asks for (RFC 9110, 12.5.1). Prometheus' library only looks whether
 * it contains a name. JAX-RS could read it, but its factory depends on the class loader of the
 * calling thread, and not every thread that answers requests has ours.
 *
 * <p>A range that cannot be read counts for nothing. Parameters other than {@code q} and {@code
 * version} are not looked at: they choose how a format is written, not which one.
 */
public final class AcceptHeader {
  /** Weights of RFC 9110, 12.4.2. */
  private static final Pattern WEIGHT = Pattern.compile("0(\\.[0-9]{0,3})?|1(\\.0{0,3})?");

  private static final Pattern TYPE = Pattern.compile("[^\\s/]+/[^\\s/]+");
  private static final String ANY = "*";

  private final List<Range> ranges;

  /**
   * What a type is worth to the client.
   *
   * @param weight from 0, which refuses it, to 1
   * @param named whether the type itself is named, and not only a group of types
   */
  public record Preference(double weight, boolean named) {}

  /**
   * The range that says most exactly what a type is worth.
   *
   * @param weight from 0, which refuses it, to 1
   * @param exactness from 0 for all types to 3 for a type and its version
   */
  private record Match(double weight, int exactness) {
    static final Match NONE = new Match(0, 0);
  }

  /** One element of the header. */
  private record Range(String type, Optional<String> version, double weight) {
    static Stream<Range> read(String text) {
      List<String> parts = split(text, ';');
      Optional<String> version = Optional.empty();
      String weight = "1";
      for (String parameter : parts.subList(1, parts.size())) {
        int equals = parameter.indexOf('=');
        String name = equals < 0 ? "" : parameter.substring(0, equals).strip();
        String value = parameter.substring(equals + 1).strip();
        if (name.equalsIgnoreCase("q")) {
          weight = value;
        } else if (name.equalsIgnoreCase("version")) {
          version = Optional.of(unquoted(value));
        }
      }
      return TYPE.matcher(parts.get(0)).matches() && WEIGHT.matcher(weight).matches()
          ? Stream.of(
              new Range(parts.get(0).toLowerCase(Locale.ROOT), version, Double.parseDouble(weight)))
          : Stream.empty();
    }

    Stream<Match> match(String wanted, String itsVersion) {
      if (type.equals(wanted)) {
        return version.isEmpty() || version.get().equals(itsVersion)
            ? Stream.of(new Match(weight, version.isEmpty() ? 2 : 3))
            : Stream.empty();
      }
      String group = wanted.substring(0, wanted.indexOf('/') + 1);
      return type.equals(group + ANY)
          ? Stream.of(new Match(weight, 1))
          : type.equals(ANY + "/" + ANY) ? Stream.of(new Match(weight, 0)) : Stream.empty();
    }
  }

  /**
   * @param text null without the header; several of them with a comma between
   */
  public AcceptHeader(String text) {
    ranges = text == null ? List.of() : split(text, ',').stream().flatMap(Range::read).toList();
  }

  /** For a type that has no versions. */
  public Preference preference(String type) {
    return preference(type, "");
  }

  /**
   * The most exact range counts; of several as exact, the one with the highest weight.
   *
   * @param type in small letters
   * @param version that we write; a range that names another one is about another format
   */
  public Preference preference(String type, String version) {
    Match best =
        ranges.stream()
            .flatMap(range -> range.match(type, version))
            .max(Comparator.comparingInt(Match::exactness).thenComparingDouble(Match::weight))
            .orElse(Match.NONE);
    return new Preference(best.weight(), best.exactness() >= 2);
  }

  /** The parts between these separators, but for those that stand in quotation marks. */
  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    boolean escaped = false;
    int begin = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == separator && !quoted) {
        parts.add(text.substring(begin, i).strip());
        begin = i + 1;
      } else if (c == '"' && !escaped) {
        quoted = !quoted;
      }
      escaped = quoted && c == '\\' && !escaped;
    }
    parts.add(text.substring(begin).strip());
    return parts;
  }

  private static String unquoted(String value) {
    return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
        ? value.substring(1, value.length() - 1)
        : value;
  }
}
