package io.flowfi.metrics;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the text format 0.0.4 of Prometheus, or OpenMetrics 1.0, and takes nothing that is not
 * exactly as the format says: each family once, with a help and a type before its samples, names
 * and labels of the allowed letters, no series twice, and buckets that add up.
 */
public final class PrometheusText {
  private static final Pattern META =
      Pattern.compile("# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");
  private static final Set<String> TYPES =
      Set.of("counter", "gauge", "histogram", "summary", "info", "unknown", "untyped");

  /** One measured value. */
  public record Series(String name, Map<String, String> labels, double value) {}

  /**
   * All samples of one name.
   *
   * @param name as in its {@code TYPE} line
   */
  public record Family(String name, String type, List<Series> series) {}

  private final boolean openMetrics;
  private final Map<String, Family> families = new LinkedHashMap<>();
  private final Map<String, String> helps = new LinkedHashMap<>();
  private final Set<String> seen = new TreeSet<>();
  private Family current;

  private PrometheusText(boolean openMetrics) {
    this.openMetrics = openMetrics;
  }

  /**
   * @throws AssertionError naming the line that is wrong
   */
  public static Map<String, Family> parse(String text) {
    return new PrometheusText(false).read(text);
  }

  /** The same for OpenMetrics, which ends with {@code # EOF}. */
  public static Map<String, Family> parseOpenMetrics(String text) {
    require(text.endsWith("\n# EOF\n"), "the end is missing", text);
    return new PrometheusText(true).read(text.substring(0, text.length() - "# EOF\n".length()));
  }

  /** Every series by its name in queries. */
  public static Map<String, List<Series>> series(Map<String, Family> families) {
    Map<String, List<Series>> all = new TreeMap<>();
    families
        .values()
        .forEach(
            family ->
                family
                    .series()
                    .forEach(
                        one -> all.computeIfAbsent(one.name(), n -> new ArrayList<>()).add(one)));
    return all;
  }

  /**
   * What figures alone write: each value by its name and the values of its labels, in the order of
   * the labels' names.
   */
  static Map<String, Double> values(Function<Exposition.Readings, Figures> figures) {
    Map<String, Double> values = new TreeMap<>();
    try (Exposition exposition = new Exposition(readings -> List.of(figures.apply(readings)))) {
      String text = new String(exposition.answer(null).body(), StandardCharsets.UTF_8);
      for (List<Series> all : series(parse(text)).values()) {
        for (Series one : all) {
          if (one.name().startsWith("flowfi_")) {
            values.put(one.name() + String.join("", one.labels().values()), one.value());
          }
        }
      }
    }
    return values;
  }

  private Map<String, Family> read(String text) {
    require(text.endsWith("\n"), "the last line has no end", text);
    for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
      if (line.startsWith("#")) {
        meta(line);
      } else {
        sample(line);
      }
    }
    families.values().forEach(PrometheusText::check);
    require(helps.keySet().equals(families.keySet()), "help and types differ", helps.keySet());
    return families;
  }

  private void meta(String line) {
    Matcher meta = META.matcher(line);
    require(meta.matches(), "no HELP, TYPE or UNIT", line);
    String name = meta.group(2);
    if (meta.group(1).equals("HELP")) {
      require(helps.put(name, meta.group(3)) == null, "described twice", line);
    } else if (meta.group(1).equals("TYPE")) {
      require(TYPES.contains(meta.group(3)), "no type", line);
      current = new Family(name, meta.group(3), new ArrayList<>());
      require(families.put(name, current) == null, "a family comes twice", line);
    }
  }

  private void sample(String line) {
    Matcher sample = SAMPLE.matcher(line);
    require(sample.matches(), "no sample", line);
    String name = sample.group(1);
    require(current != null && names(current).contains(name), "not of the family before it", line);
    Map<String, String> labels = new TreeMap<>();
    if (sample.group(2) != null) {
      Matcher label = LABEL.matcher(sample.group(2));
      int end = 0;
      while (end < sample.group(2).length()) {
        require(label.find(end) && label.start() == end, "no label", line);
        require(labels.put(label.group(1), label.group(2)) == null, "a label twice", line);
        end = label.end();
      }
    }
    require(seen.add(name + labels), "a series twice", line);
    current.series().add(new Series(name, labels, value(sample.group(3))));
  }

  private Set<String> names(Family family) {
    String name = family.name();
    return switch (family.type()) {
      case "histogram" -> Set.of(name + "_bucket", name + "_sum", name + "_count");
      case "summary" -> Set.of(name, name + "_sum", name + "_count");
      case "counter" -> openMetrics ? Set.of(name + "_total") : Set.of(name);
      case "info" -> Set.of(name + "_info");
      default -> Set.of(name);
    };
  }

  private static double value(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  private static void check(Family family) {
    require(!family.series().isEmpty(), "no samples", family.name());
    if (family.type().equals("histogram")) {
      checkBuckets(family);
    }
  }

  private static void checkBuckets(Family family) {
    double before = 0;
    double bound = Double.NEGATIVE_INFINITY;
    double count = -1;
    for (Series one : family.series()) {
      if (one.name().endsWith("_bucket")) {
        double next = value(one.labels().get("le"));
        require(next > bound, "bounds do not rise", one);
        require(one.value() >= before, "buckets fall", one);
        bound = next;
        before = one.value();
      } else if (one.name().endsWith("_count")) {
        count = one.value();
      }
    }
    require(bound == Double.POSITIVE_INFINITY, "no bucket for all", family.name());
    require(count == before, "the buckets do not hold all", family.name());
  }

  private static void require(boolean right, String what, Object where) {
    if (!right) {
      throw new AssertionError(what + ": " + where);
    }
  }
}
