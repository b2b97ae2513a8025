package io.flowfi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each item of the production checklist can be proven, and none of the replaced service is gone.
 */
class ProductionChecklistTest {
  private static final String REPLACED = "\n## Where it replaces";

  private static final Pattern ROW = Pattern.compile("(?m)^\\| (.+?) \\| (.+) \\|$");

  /** A program with what it is given; or the script, which says what it has found. */
  private static final Pattern COMMAND = Pattern.compile("`[a-z]+ [^`]+`|[*]check[.]sh[*]");

  private record Item(String what, String proof) {}

  private static List<Item> items(String part) {
    return ROW.matcher(part).results().map(row -> new Item(row.group(1), row.group(2))).toList();
  }

  private static String document() throws IOException {
    return Files.readString(Path.of("docs/production-checklist.md"));
  }

  @Test
  void shouldProveEachItemWithACommand() throws IOException {
    String document = document();
    List<Item> items = items(document.substring(0, document.indexOf(REPLACED)));
    assertThat(items).hasSizeGreaterThan(30);
    assertThat(items)
        .allSatisfy(item -> assertThat(item.proof()).as(item.what()).containsPattern(COMMAND));
  }

  /** What a company that moves other people's money has to prove. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "TLS 1\\.2",
        "secrets are in files",
        "a backup every night",
        "a restore was tried",
        "capacity",
        "alerts reach a person",
        "clock is synchronised",
        "upgrades are rehearsed",
        "retention is decided",
        "the audit log is shipped",
        "decides in an incident"
      })
  void shouldHaveWhatAPaymentCompanyNeeds(String topic) throws IOException {
    assertThat(items(document()))
        .anySatisfy(item -> assertThat(item.what()).containsPattern(topic));
  }

  /** The five that the replaced service had still to do. */
  @Test
  void shouldSayWhereEachNextStepOfTheReplacedServiceIs() throws IOException {
    String document = document();
    List<Item> steps = items(document.substring(document.indexOf(REPLACED)));
    assertThat(steps)
        .extracting(Item::what)
        .containsSubsequence(
            "tokens on the event stream",
            "limits for each address",
            "Redis, for more than one node",
            "a reverse proxy",
            "monitoring and alerts");
    assertThat(steps).allSatisfy(step -> assertThat(step.proof()).containsPattern("`|\\]\\("));
  }
}
