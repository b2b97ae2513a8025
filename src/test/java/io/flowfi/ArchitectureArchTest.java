package io.flowfi;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;

/** The directions between our packages, as the package descriptions promise them. */
@AnalyzeClasses(packages = "io.flowfi", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureArchTest {
  private static final String[] ENGINE = {
    "io.flowfi.stream..",
    "io.flowfi.log..",
    "io.flowfi.ledger..",
    "io.flowfi.feed..",
    "io.flowfi.fanout..",
    "io.flowfi.auth.."
  };

  @ArchTest static final ArchRule streamUsesNothingOfOurs = mayUse("stream");
  @ArchTest static final ArchRule logUsesStream = mayUse("log", "stream");
  @ArchTest static final ArchRule ledgerUsesLog = mayUse("ledger", "stream", "log", "threads");
  @ArchTest static final ArchRule feedUsesLog = mayUse("feed", "stream", "log");
  @ArchTest static final ArchRule fanOutUsesLog = mayUse("fanout", "stream", "log", "threads");
  @ArchTest static final ArchRule authUsesStream = mayUse("auth", "stream", "threads");
  @ArchTest static final ArchRule sseUsesFanOut = mayUse("sse", "stream", "log", "fanout");

  @ArchTest
  static final ArchRule httpUsesLedgerAndSse =
      mayUse(
          "http", "stream", "log", "ledger", "fanout", "sse", "config", "auth", "limit", "audit");

  @ArchTest
  static final ArchRule edgeUsesHttp =
      mayUse("edge", "http", "auth", "limit", "stream", "sse", "threads");

  @ArchTest
  static final ArchRule edgeOnTomcatUsesEdge = mayUse("edge.tomcat", "edge", "http", "sse.tomcat");

  @ArchTest static final ArchRule limitUsesNothingOfOurs = mayUse("limit");
  @ArchTest static final ArchRule auditUsesNothingOfOurs = mayUse("audit");
  @ArchTest static final ArchRule threadsUseNothingOfOurs = mayUse("threads");

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
                  "are ours and neither configuration nor a feature's settings record or choice nor a value of stream",
                  type ->
                      isOurs(type)
                          && !type.getPackageName().startsWith("io.flowfi.config")
                          && !type.getPackageName().startsWith("io.flowfi.stream")
                          && !isSettings(type)));

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("io.flowfi.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule engineKnowsNoContainer =
      noClasses()
          .that()
          .resideInAnyPackage(ENGINE)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jakarta..");

  @ArchTest
  static final ArchRule onlyTheTomcatPackagesKnowTomcat =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.flowfi.sse.tomcat..", "io.flowfi.edge.tomcat..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache..");

  /** Or they would be linked in containers that have no such classes: they are loaded by name. */
  @ArchTest
  static final ArchRule nothingLinksTheTomcatPackages =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.flowfi.sse.tomcat..", "io.flowfi.edge.tomcat..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.flowfi.sse.tomcat..", "io.flowfi.edge.tomcat..");

  @ArchTest
  static final ArchRule onlyTheLedgerSpeaksSql =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.flowfi.ledger..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.sql..",
              "javax.sql..",
              "org.jdbi..",
              "org.flywaydb..",
              "com.zaxxer..",
              "org.sqlite..");

  @ArchTest
  static final ArchRule onlyAuthKnowsTokens =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.flowfi.auth..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.nimbusds..");

  private static ArchRule mayUse(String feature, String... others) {
    List<String> allowed = new ArrayList<>(List.of("io.flowfi." + feature + ".."));
    for (String other : others) {
      allowed.add("io.flowfi." + other + "..");
    }
    DescribedPredicate<JavaClass> allowedOrForeign =
        JavaClass.Predicates.resideInAnyPackage(allowed.toArray(String[]::new))
            .or(JavaClass.Predicates.resideOutsideOfPackage("io.flowfi.."))
            .as("are foreign or in %s", allowed);
    return classes()
        .that()
        .resideInAPackage("io.flowfi." + feature + "..")
        .should()
        .onlyDependOnClassesThat(allowedOrForeign);
  }

  private static boolean isOurs(JavaClass type) {
    return type.getPackageName().startsWith("io.flowfi");
  }

  private static boolean isSettings(JavaClass type) {
    return type.isEnum() || type.isRecord() && type.getSimpleName().endsWith("Settings");
  }
}
