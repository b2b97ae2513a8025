package io.flowfi;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.flowfi.limit.LocalRateLimiter;
import io.flowfi.limit.RateLimiter;
import io.flowfi.limit.RateSettings;
import io.flowfi.limit.Rates;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.IntSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The allowed directions between our packages. */
@AnalyzeClasses(packages = "io.flowfi", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureArchTest {
  private static final String[] ENGINE = {
    "io.flowfi.payment..",
    "io.flowfi.log..",
    "io.flowfi.ledger..",
    "io.flowfi.query..",
    "io.flowfi.store..",
    "io.flowfi.feed..",
    "io.flowfi.relay..",
    "io.flowfi.cluster..",
    "io.flowfi.fanout..",
    "io.flowfi.auth.."
  };

  /** Every room except {@code app} and {@code config}, and the rooms it may use. */
  static final Map<String, Set<String>> ROOMS =
      Map.ofEntries(
          room("payment"),
          room("log", "payment"),
          room("ledger", "counts", "health", "log", "payment", "threads", "time"),
          room("query", "log", "payment"),
          room(
              "store", "cluster", "ledger", "query", "health", "log", "payment", "threads", "time"),
          room("store.sqlite", "store", "ledger", "log"),
          room("store.postgres", "store", "auth", "cluster", "ledger", "log", "payment", "relay"),
          room("cluster", "auth", "http", "limit", "log", "payment", "redis", "threads", "time"),
          room("feed", "health", "log"),
          room("redis"),
          room("relay", "health", "log", "payment", "redis", "threads"),
          room("retention", "ledger", "health", "log", "payment", "time"),
          room("indexer", "ledger", "health", "payment", "threads", "time"),
          room("indexer.rpc", "http", "indexer", "ledger", "payment", "threads"),
          room("indexer.xdr", "indexer", "ledger", "payment"),
          room("fanout", "counts", "health", "log", "payment", "threads"),
          room("frames", "fanout", "log", "payment"),
          room("output", "fanout"),
          room("sse", "output", "frames", "fanout", "log", "payment"),
          room("container", "output"),
          room("container.tomcat", "container", "output", "fanout", "web.edge", "web.wire"),
          room("container.payara", "container", "output"),
          room("auth", "health", "payment", "threads", "time"),
          room("threads"),
          room("logs", "threads"),
          room("http"),
          room("limit"),
          room("audit", "health", "time"),
          room("health"),
          room("counts"),
          room("time"),
          room("tracing", "ledger", "log"),
          room("tracing.otel", "ledger", "log", "payment", "threads", "tracing"),
          room(
              "metrics", "audit", "auth", "counts", "fanout", "feed", "health", "http", "indexer",
              "ledger", "limit", "log", "relay", "store", "threads"),
          room("web.wire", "http", "ledger", "log", "logs", "payment"),
          room("web.edge", "web.wire", "auth", "limit", "logs", "output", "payment", "threads"),
          room(
              "web.access",
              "web.edge",
              "web.wire",
              "audit",
              "auth",
              "query",
              "sse",
              "log",
              "payment"),
          room(
              "web.events",
              "web.access",
              "web.edge",
              "web.wire",
              "audit",
              "auth",
              "fanout",
              "health",
              "limit",
              "log",
              "payment",
              "query",
              "sse",
              "threads"),
          room(
              "web.streams",
              "web.events",
              "web.access",
              "web.edge",
              "web.wire",
              "auth",
              "ledger",
              "query",
              "log",
              "payment",
              "tracing"),
          room("web.login", "web.access", "web.edge", "web.wire", "auth", "payment"),
          room(
              "web.admin",
              "web.access",
              "web.edge",
              "web.wire",
              "audit",
              "auth",
              "cluster",
              "fanout",
              "health",
              "indexer",
              "ledger",
              "log",
              "logs",
              "metrics",
              "payment",
              "query",
              "relay",
              "sse"),
          room(
              "web.ops",
              "web.access",
              "web.edge",
              "web.wire",
              "auth",
              "cluster",
              "fanout",
              "health",
              "limit",
              "log",
              "metrics",
              "output",
              "relay"));

  @ArchTest
  static void roomsUseWhatTheyMay(JavaClasses all) {
    ROOMS.forEach((room, others) -> mayUse(room, others).check(all));
  }

  /** What is permitted and not used would be a way for the next change to take by mistake. */
  @ArchTest
  static void roomsUseAllThatTheyMay(JavaClasses all) {
    Map<String, Set<String>> used = new TreeMap<>();
    ROOMS.keySet().forEach(room -> used.put(room, new TreeSet<>()));
    for (JavaClass type : all) {
      Set<String> others = used.get(roomOf(type));
      if (others != null) {
        type.getDirectDependenciesFromSelf().stream()
            .map(dependency -> dependency.getTargetClass().getBaseComponentType())
            .filter(ArchitectureArchTest::isOurs)
            .map(ArchitectureArchTest::roomOf)
            .filter(other -> !other.equals(roomOf(type)))
            .forEach(others::add);
      }
    }
    used.forEach(
        (room, others) -> assertThat(others).as("what %s uses", room).isEqualTo(ROOMS.get(room)));
  }

  /** The sentence of each package's description that begins with "Uses". */
  @ArchTest
  static void packagesSayWhatTheyUse(JavaClasses all) throws IOException {
    for (String room : ROOMS.keySet()) {
      Path file = Path.of("src/main/java/io/flowfi", room.replace('.', '/'), "package-info.java");
      String text = Files.readString(file).replaceAll("[\\s*]+", " ");
      List<String> uses =
          Pattern.compile("(?<= )Uses (?:[^.{]|\\{@code [a-z.]+})+\\. ")
              .matcher(text)
              .results()
              .map(MatchResult::group)
              .toList();
      assertThat(uses).as("sentences of %s that begin with Uses", room).hasSize(1);
      Set<String> said =
          Pattern.compile("\\{@code ([a-z.]+)}")
              .matcher(uses.get(0))
              .results()
              .map(found -> found.group(1))
              .collect(Collectors.toSet());
      assertThat(said).as("what %s says that it uses", room).isEqualTo(ROOMS.get(room));
    }
  }

  /** The rows of docs/architecture.md that name one room each. */
  @ArchTest
  static void documentedRoomsAreThese(JavaClasses all) throws IOException {
    Map<String, Set<String>> documented = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("docs/architecture.md"))) {
      String[] cells = line.split("\\|", -1);
      if (cells.length == 5 && ROOMS.containsKey(named(cells[1]).stream().findFirst().orElse(""))) {
        for (String room : named(cells[1])) {
          documented.put(room, named(cells[3]));
        }
      }
    }
    assertThat(documented.keySet()).isEqualTo(ROOMS.keySet());
    documented.forEach(
        (room, others) -> {
          if (!room.matches(
              "web\\.(streams|events|login|ops|admin)")) { // these are described in words
            assertThat(others).as("what %s may use", room).isEqualTo(ROOMS.get(room));
          }
        });
  }

  /** The table "Where would I put it?": each answer is one room or file, and it is there. */
  @ArchTest
  static void documentedPlacesExist(JavaClasses all) throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("docs/architecture.md")).stream()
            .dropWhile(line -> !line.equals("## Where would I put it?"))
            .skip(4)
            .takeWhile(line -> line.startsWith("|"))
            .toList();
    assertThat(rows)
        .as("new parts")
        .anyMatch(row -> row.startsWith("| another database | `store.NAME` |"))
        .anyMatch(row -> row.contains("tell other nodes") && row.contains("| `relay` |"))
        .anyMatch(row -> row.startsWith("| an indexer ") && row.contains("| `indexer` |"))
        .anyMatch(row -> row.startsWith("| an admin endpoint | `web.admin` |"))
        .anyMatch(row -> row.startsWith("| a metric |"));
    for (String row : rows) {
      String place = row.split("\\|", -1)[2];
      Pattern.compile("`([^`]+)`")
          .matcher(place)
          .results()
          .map(found -> found.group(1).replaceFirst("\\.NAME$", ""))
          .forEach(name -> assertThat(isPlace(name, all)).as(name + " in: " + row).isTrue());
    }
  }

  /** A room, a type in one or a method of it, or a file. */
  private static boolean isPlace(String name, JavaClasses all) {
    String owner = "io.flowfi." + name.substring(0, Math.max(0, name.lastIndexOf('.')));
    return ROOMS.containsKey(name)
        || all.contain("io.flowfi." + name)
        || all.contain(owner)
        || all.stream().anyMatch(type -> type.getSimpleName().equals(name))
        || Files.exists(Path.of(name));
  }

  private static Set<String> named(String cell) {
    return Pattern.compile("`([a-z.]+)`")
        .matcher(cell)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toSet());
  }

  @ArchTest
  static void everyClassHasARoom(JavaClasses all) {
    classes()
        .should(
            new ArchCondition<JavaClass>("stand in a room that the table knows") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                String room = roomOf(type);
                if (!ROOMS.containsKey(room) && !room.equals("config") && !room.startsWith("app")) {
                  events.add(SimpleConditionEvent.violated(type, type.getName()));
                }
              }
            })
        .check(all);
  }

  @ArchTest
  static final ArchRule nothingUsesApp =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.flowfi.app..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.flowfi.app..");

  @ArchTest
  static final ArchRule onlySettingsAreReadByConfig =
      noClasses()
          .that()
          .resideInAPackage("io.flowfi.config..")
          .should()
          .dependOnClassesThat(
              DescribedPredicate.describe(
                  "are ours and neither configuration nor a feature's settings record or choice nor a value of payment",
                  type ->
                      isOurs(type)
                          && !type.getPackageName().startsWith("io.flowfi.config")
                          && !type.getPackageName().startsWith("io.flowfi.payment")
                          && !isSettings(type)));

  /**
   * Its client of the RPC has no cursor and cannot page (0.44.0), and its decoder alone is not to
   * be trusted: only one room meets its XDR.
   */
  @ArchTest
  static final ArchRule theSdkGivesTypesOnly =
      noClasses()
          .should()
          .dependOnClassesThat(
              DescribedPredicate.describe(
                  "talk to servers of Stellar",
                  type ->
                      type.getPackageName()
                              .matches(
                                  "org\\.stellar\\.sdk\\.(requests|responses|federation|rpc|toml).*")
                          || type.getFullName()
                              .matches("org\\.stellar\\.sdk\\.(Soroban)?Server\\b.*")));

  @ArchTest
  static final ArchRule onlyOneRoomMeetsTheSdksXdr =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.flowfi.indexer.xdr")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.stellar.sdk.xdr..", "org.stellar.sdk.scval..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("io.flowfi.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule engineKnowsNoContainer =
      noClasses()
          .that()
          .resideInAnyPackage(ENGINE)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jakarta..");

  @ArchTest
  static final ArchRule onlyTheTomcatPackageKnowsTomcat =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.flowfi.container.tomcat..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache..");

  /** They are loaded by name; otherwise they would be linked in containers without such classes. */
  @ArchTest
  static final ArchRule nothingLinksAContainersPackage =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.flowfi.container.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.flowfi.container.*..");

  /** Otherwise the test of all look-ups with each Tomcat would not know of it. */
  @ArchTest
  static final ArchRule onlyOneClassLooksUpTomcatsInsides =
      noClasses()
          .that()
          .resideInAPackage("io.flowfi.container.tomcat..")
          .and()
          .haveNameNotMatching("io\\.flowfi\\.container\\.tomcat\\.Insides.*")
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(MethodHandles.Lookup.class, Member.class, Field.class, Method.class)
          .orShould()
          .callMethod(Class.class, "forName", String.class);

  @ArchTest
  static final ArchRule onlyTheStoreSpeaksSql =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.flowfi.store..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.sql..",
              "javax.sql..",
              "org.jdbi..",
              "org.flywaydb..",
              "com.zaxxer..",
              "org.sqlite..",
              "org.postgresql..");

  /** Another database is a package beside it. */
  @ArchTest
  static final ArchRule onlyTheSqlitePackageKnowsSqlite =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.flowfi.store.sqlite..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.sqlite..");

  /** It is loaded only where traces are wanted. */
  @ArchTest
  static final ArchRule onlyOneRoomKnowsOpenTelemetry =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.flowfi.tracing.otel..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.opentelemetry..");

  @ArchTest
  static final ArchRule onlyThreeRoomsKnowJedis =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.flowfi.relay..", "io.flowfi.redis..", "io.flowfi.cluster..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("redis.clients..");

  @ArchTest
  static final ArchRule onlyThePostgresPackageKnowsPostgres =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.flowfi.store.postgres..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.postgresql..");

  @ArchTest
  static final ArchRule onlyAuthKnowsTokens =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.flowfi.auth..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.nimbusds..");

  /**
   * Slots, tickets, spent challenges and saved filters: their local forms count for one node, and
   * {@code app} alone says which form it is. Nodes that cannot ask each other count alone.
   */
  @ArchTest
  static final ArchRule whatNodesShareIsChosenInOnePlace =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.flowfi.app..")
          .and()
          .doNotHaveFullyQualifiedName("io.flowfi.cluster.SharedSlots")
          .should()
          .callConstructorWhere(
              DescribedPredicate.describe(
                  "makes the local form of a port",
                  call ->
                      !call.getOriginOwner().equals(call.getTargetOwner())
                          && call.getTargetOwner()
                              .getFullName()
                              .matches(
                                  "io\\.flowfi\\.(auth\\.Local(Tickets|SpentChallenges)"
                                      + "|limit\\.LocalSlots|web\\.events\\.FiltersInMemory)")));

  /** Whether a node limits at all, and by what, in {@code Rates.local}. */
  @ArchTest
  static final ArchRule ratesAreMadeInOnePlace =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.flowfi.limit.Rates")
          .should()
          .callConstructorWhere(
              DescribedPredicate.describe(
                  "makes a limiter",
                  call ->
                      !call.getOriginOwner().equals(call.getTargetOwner())
                          && call.getTargetOwner().isAssignableTo(LocalRateLimiter.class)))
          .orShould()
          .accessFieldWhere(
              DescribedPredicate.describe(
                  "limits nothing",
                  access ->
                      access.getTargetOwner().isEquivalentTo(RateLimiter.class)
                          && !access.getOriginOwner().isEquivalentTo(RateLimiter.class)));

  /** As with the other ports: {@code app} says by what, and for how many nodes. */
  @ArchTest
  static final ArchRule ratesAreChosenInOnePlace =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.flowfi.app.Shared")
          .and()
          .doNotHaveFullyQualifiedName(Rates.class.getName())
          .should()
          .callMethod(Rates.class, "local", RateSettings.class, IntSupplier.class)
          .orShould()
          .callMethod(
              Rates.class, "together", RateSettings.class, IntSupplier.class, Rates.Together.class);

  /** The name of a host would be looked up, and whoever sends it would choose where and when. */
  @ArchTest
  static final ArchRule onlySettingsLookUpAddressesByName =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.flowfi.config..")
          .should()
          .callMethod(InetAddress.class, "getByName", String.class)
          .orShould()
          .callMethod(InetAddress.class, "getAllByName", String.class);

  /**
   * Jackson writes them. What has no content, another status or comes later is a response; commands
   * answer so too, in bytes of their own encoder, which costs the hot path less.
   */
  @ArchTest
  static final ArchRule answersAreRecords =
      methods()
          .that()
          .areMetaAnnotatedWith(HttpMethod.class)
          .should()
          .haveRawReturnType(
              DescribedPredicate.describe(
                  "a record, a response or nothing",
                  type ->
                      type.isRecord()
                          || type.isEquivalentTo(void.class)
                          || type.isEquivalentTo(Response.class)
                          || type.isEquivalentTo(CompletionStage.class)));

  /** The states of streams, which commands and snapshots hold too. */
  @ArchTest
  static final ArchRule onlyStreamsAreWrittenByHand =
      noClasses()
          .that()
          .resideInAPackage("io.flowfi.web..")
          .and()
          .haveNameNotMatching(
              "io\\.flowfi\\.web\\.(wire\\.Json|streams\\.Stream(Json|State))(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(JsonGenerator.class);

  private static Map.Entry<String, Set<String>> room(String name, String... mayUse) {
    return Map.entry(name, Set.of(mayUse));
  }

  private static ArchRule mayUse(String room, Set<String> others) {
    List<String> allowed = new ArrayList<>(List.of("io.flowfi." + room));
    for (String other : others) {
      allowed.add("io.flowfi." + other);
    }
    DescribedPredicate<JavaClass> allowedOrForeign =
        JavaClass.Predicates.resideInAnyPackage(allowed.toArray(String[]::new))
            .or(JavaClass.Predicates.resideOutsideOfPackage("io.flowfi.."))
            .as("are foreign or in %s", allowed);
    return classes()
        .that()
        .resideInAPackage("io.flowfi." + room)
        .should()
        .onlyDependOnClassesThat(allowedOrForeign);
  }

  private static String roomOf(JavaClass type) {
    return type.getPackageName().replaceFirst("^io\\.flowfi\\.?", "");
  }

  private static boolean isOurs(JavaClass type) {
    return type.getPackageName().startsWith("io.flowfi");
  }

  private static boolean isSettings(JavaClass type) {
    return type.isEnum() || type.isRecord() && type.getSimpleName().endsWith("Settings");
  }
}
