package io.flowfi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents and the package descriptions name only classes, methods and rooms that exist. */
class DocumentedNamesArchTest {
  /** Names in the documents that look like types of ours but belong to others. */
  private static final Set<String> FOREIGN =
      Set.of(
          "Allow",
          "Authorization",
          "Basic",
          "Bearer",
          "BigInt",
          "BodyCodec",
          "Caddyfile",
          "Digest",
          "EdDSA",
          "Ed25519",
          "ETag",
          "Error",
          "EventSource",
          "Flux",
          "H2MaxWorkers",
          "Host",
          "Location",
          "MaxRequestWorkers",
          "Negotiate",
          "Origin",
          "OutboundSseEvent",
          "ServerLimit",
          "Skipped",
          "SseBroadcaster",
          "SseClient",
          "SseEventSource",
          "Unsafe",
          "WebClient",
          "XMLHttpRequest");

  /** {@code Type}, {@code room.Type}, {@code Type.member}, {@code room.Type.member}. */
  private static final Pattern NAME =
      Pattern.compile(
          "`(?:io\\.flowfi\\.)?((?:[a-z]+\\.)*)([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)(?:\\.(\\w+))?(?:\\([^`]*\\))?`");

  private static final Pattern ROOM = Pattern.compile("\\{@code (?:io\\.flowfi\\.)?([a-z.]+)}");

  @Test
  void shouldNameOnlyTypesThatExist() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String folder : List.of("src/main/java", "src/test/java", "src/bench")) {
      sources.addAll(files(folder, ".java"));
    }
    List<Path> documents = new ArrayList<>(files("docs", ".md"));
    documents.add(Path.of("README.md"));
    List<String> unknown = new ArrayList<>();
    int known = 0;
    for (Path document : documents) {
      for (MatchResult name : NAME.matcher(Files.readString(document)).results().toList()) {
        if (exists(sources, name.group(1), name.group(2), name.group(3))) {
          known++;
        } else if (!name.group(1).isEmpty() || !FOREIGN.contains(name.group(2))) {
          unknown.add(document + ": " + name.group());
        }
      }
    }
    assertThat(unknown).isEmpty();
    assertThat(known).as("names that were found").isPositive();
  }

  /** Package descriptions say which rooms a room uses; the table of arrows must allow that. */
  @Test
  void shouldDescribeOnlyRoomsThatAPackageMayUse() throws IOException {
    List<String> wrong = new ArrayList<>();
    int uses = 0;
    for (Path description : files("src/main/java/io/flowfi", "package-info.java")) {
      String room =
          Path.of("src/main/java/io/flowfi")
              .relativize(description.getParent())
              .toString()
              .replace('/', '.');
      String text = Files.readString(description).replaceAll("\\s+\\*?\\s*", " ");
      for (MatchResult sentence :
          Pattern.compile("\\bUses (?:[^.]|\\.\\w)*").matcher(text).results().toList()) {
        for (MatchResult used : ROOM.matcher(sentence.group()).results().toList()) {
          uses++;
          if (!ArchitectureArchTest.ROOMS.getOrDefault(room, Set.of()).contains(used.group(1))) {
            wrong.add(room + " uses " + used.group(1));
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(uses).as("rooms that were found").isPositive();
  }

  private static boolean exists(List<Path> sources, String room, String type, String member)
      throws IOException {
    Path file = Path.of(room.replace('.', '/'), type + ".java");
    for (Path source : sources) {
      if (source.endsWith(file) && (member == null || declares(source, member))) {
        return true;
      }
    }
    return false;
  }

  private static boolean declares(Path source, String member) throws IOException {
    return Pattern.compile(" " + member + "(\\(| =)").matcher(Files.readString(source)).find();
  }

  private static List<Path> files(String folder, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(folder))) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }
}
