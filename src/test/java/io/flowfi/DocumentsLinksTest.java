package io.flowfi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.it.NodeProject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The documents lead somewhere, and what can be copied from them can be read by its program. */
class DocumentsLinksTest {
  private static final Pattern LINK = Pattern.compile("\\[[^\\]\\[]*\\]\\(([^)\\s]+)\\)");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```([a-z]*)\\n(.*?)^```$");

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final Pattern FIELD =
      Pattern.compile("retry: [0-9]+|event: [a-z._]+|data: [{].*[}]|id: [0-9]+[.][a-z0-9]+");

  private static final Pattern TOML = Pattern.compile("[A-Z_]+ = \"[^\"\\\\]*\"");

  /** In a comment: a document, by its path from the root of the sources or from its own folder. */
  private static final Pattern NAMED =
      Pattern.compile(
          "(?<![\\w./-])([\\w./-]+[.]md)\\b(\\s+(?:#\\s*)?in\\s+(?:#\\s*)?this\\s+(?:#\\s*)?folder)?");

  private static final Pattern BESIDE = Pattern.compile("(?<![\\w./-])(?:[.][.]/)+[\\w./-]*\\w");

  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");

  @Test
  void shouldLinkOnlyToWhatIsThere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path document : documents()) {
      Matcher links = LINK.matcher(BLOCK.matcher(Files.readString(document)).replaceAll(""));
      while (links.find()) {
        String target = links.group(1);
        if (!target.matches("(https?|mailto):.*") && !isThere(document, target)) {
          broken.add(document + ": " + target);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  /** Also the files that are no documents send their readers to what is there. */
  @Test
  void shouldNameOnlyFilesThatAreThere() throws IOException {
    List<String> broken = new ArrayList<>();
    int count = 0;
    for (Path file : otherFiles()) {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1); // images, too
      for (MatchResult named : NAMED.matcher(text).results().toList()) {
        Path beside = file.resolveSibling(named.group(1));
        boolean onlyBeside = named.group(2) != null;
        count++;
        if (!Files.exists(beside) && (onlyBeside || !Files.exists(Path.of(named.group(1))))) {
          broken.add(file + ": " + named.group());
        }
      }
      for (MatchResult path : BESIDE.matcher(text).results().toList()) {
        count++;
        Path named = file.resolveSibling(path.group());
        // the compiler of TypeScript adds the ending
        if (Stream.of("", ".ts", ".tsx").noneMatch(end -> Files.exists(Path.of(named + end)))) {
          broken.add(file + ": " + path.group());
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(count).isGreaterThan(10);
  }

  private static List<Path> otherFiles() throws IOException {
    List<Path> others = new ArrayList<>();
    for (String folder : List.of("docs", "tomcat-conf")) {
      try (Stream<Path> files = Files.walk(Path.of(folder))) {
        files
            .filter(file -> Files.isRegularFile(file) && !file.toString().endsWith(".md"))
            .filter(file -> !file.toString().contains("node_modules"))
            .forEach(others::add);
      }
    }
    return others;
  }

  @Test
  void shouldShowOnlyWhatBashCanRead() throws Exception {
    assertThat(unreadable("sh", "bash", "-n")).isEmpty();
  }

  @Test
  void shouldShowOnlyModulesThatNodeCanRead() throws Exception {
    NodeProject.needNode("that the JavaScript of the documents can be read");
    assertThat(unreadable("js", "node", "--input-type=module", "--check")).isEmpty();
  }

  @Test
  void shouldShowOnlyYamlThatAParserReads() throws Exception {
    for (Block block : every("yaml")) {
      assertThatCode(() -> new Yaml(new SafeConstructor(new LoaderOptions())).load(block.text()))
          .as("%s", block)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void shouldShowOnlyJsonThatAParserReads() throws Exception {
    for (Block block : every("json")) {
      assertThatCode(() -> JSON.readTree(block.text())).as("%s", block).doesNotThrowAnyException();
    }
  }

  /** Fields of the standard, JSON as data, and the id last, as the guide says. */
  @Test
  void shouldShowOnlyFramesAsTheServerWritesThem() throws Exception {
    int count = 0;
    for (Block block : every("sse")) {
      for (String frame : block.text().strip().split("\n\n")) {
        count++;
        List<String> lines = frame.lines().map(DocumentsLinksTest::withoutRemark).toList();
        assertThat(lines).as("%s", block).allMatch(FIELD.asMatchPredicate());
        List<String> data = lines.stream().filter(line -> line.startsWith("data: ")).toList();
        assertThat(data).as("%s", block).hasSize(1);
        assertThatCode(() -> JSON.readTree(data.get(0).substring(6).replace(", ...}", "}")))
            .as("%s", block)
            .doesNotThrowAnyException();
        assertThat(lines.subList(0, lines.size() - 1))
            .as("%s", block)
            .noneMatch(line -> line.startsWith("id: "));
      }
    }
    assertThat(count).isGreaterThan(8);
  }

  /** What stands in a column of its own is said about the line. */
  private static String withoutRemark(String line) {
    return line.replaceFirst(" {3,}\\S.*", "");
  }

  /** Of a {@code stellar.toml}, which has names and basic strings only. */
  @Test
  void shouldShowOnlyTomlOfNamesAndStrings() throws Exception {
    for (Block block : every("toml")) {
      List<String> lines = block.text().lines().toList();
      assertThat(lines).as("%s", block).allMatch(TOML.asMatchPredicate());
      assertThat(lines)
          .as("a name twice is an error")
          .extracting(line -> line.split(" ")[0])
          .doesNotHaveDuplicates();
    }
  }

  /** The one page of HTML is opened in a browser, by {@code DocumentedPageIT}. */
  @Test
  void shouldHaveBlocksOnlyInLanguagesThatATestReads() throws Exception {
    Set<String> languages = new TreeSet<>();
    for (Path document : documents()) {
      BLOCK.matcher(Files.readString(document)).results().forEach(b -> languages.add(b.group(1)));
      if (!document.endsWith("getting-started.md")) {
        assertThat(blocks(document, "html"))
            .as(document + " has HTML that no test opens")
            .isEmpty();
      }
    }
    assertThat(languages).isSubsetOf("", "sh", "js", "json", "sse", "yaml", "toml", "html");
  }

  /** Blocks in this language which this command, given them as its input, does not understand. */
  private static List<String> unreadable(String language, String... command)
      throws IOException, InterruptedException {
    List<String> broken = new ArrayList<>();
    for (Block block : every(language)) {
      Process reader = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (OutputStream input = reader.getOutputStream()) {
        input.write(block.text().getBytes(StandardCharsets.UTF_8));
      }
      String said = new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (reader.waitFor() != 0) {
        broken.add(block.document() + ": " + said + block.text());
      }
    }
    return broken;
  }

  private static boolean isThere(Path document, String target) throws IOException {
    int hash = target.indexOf('#');
    String path = hash < 0 ? target : target.substring(0, hash);
    Path file = path.isEmpty() ? document : document.resolveSibling(path).normalize();
    if (!Files.exists(file.toString().isEmpty() ? Path.of(".") : file)) {
      return false;
    }
    return hash < 0
        || !file.toString().endsWith(".md")
        || anchors(file).contains(target.substring(hash + 1));
  }

  /**
   * As GitHub makes them: lower case, no punctuation, hyphens for spaces, numbers for repetitions.
   */
  private static Set<String> anchors(Path document) throws IOException {
    Set<String> anchors = new HashSet<>();
    Map<String, Integer> seen = new HashMap<>();
    Matcher headings = HEADING.matcher(BLOCK.matcher(Files.readString(document)).replaceAll(""));
    while (headings.find()) {
      String anchor =
          headings
              .group(1)
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N} _-]", "")
              .replace(' ', '-');
      int before = seen.merge(anchor, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? anchor : anchor + "-" + before);
    }
    return anchors;
  }

  private record Block(Path document, String text) {}

  /** Of all documents; there are some. */
  private static List<Block> every(String language) throws IOException {
    List<Block> all = new ArrayList<>();
    for (Path document : documents()) {
      blocks(document, language).forEach(text -> all.add(new Block(document, text)));
    }
    assertThat(all).as("blocks in " + language).isNotEmpty();
    return all;
  }

  private static List<String> blocks(Path document, String language) throws IOException {
    return BLOCK
        .matcher(Files.readString(document))
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>(List.of(Path.of("README.md")));
    try (Stream<Path> files = Files.walk(Path.of("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
    }
    assertThat(documents).hasSizeGreaterThan(10);
    return documents;
  }
}
