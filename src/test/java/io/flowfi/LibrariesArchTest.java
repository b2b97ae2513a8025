package io.flowfi;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;

/** What a library does is not done again by hand. */
@AnalyzeClasses(packages = "io.flowfi", importOptions = ImportOption.DoNotIncludeTests.class)
class LibrariesArchTest {
  private static final String STORED_ANSWER = "io.flowfi.ledger.StoredAnswer";

  private static DescribedPredicate<JavaMethodCall> mapperCall(String method) {
    return DescribedPredicate.describe(
        "let Jackson do it: " + method,
        call ->
            call.getTargetOwner().isAssignableTo(ObjectMapper.class)
                && call.getName().equals(method));
  }

  @ArchTest
  static final ArchRule jacksonWritesStoredAnswers =
      classes()
          .that()
          .haveFullyQualifiedName(STORED_ANSWER)
          .should()
          .callMethodWhere(mapperCall("writeValueAsString"));

  @ArchTest
  static final ArchRule jacksonReadsStoredAnswers =
      classes()
          .that()
          .haveFullyQualifiedName(STORED_ANSWER)
          .should()
          .callMethodWhere(mapperCall("treeToValue"));

  /** Events are on the hot path, and their bytes are the contract's. */
  @ArchTest
  static final ArchRule onlyEventsAreWrittenByHandInTheLedger =
      noClasses()
          .that()
          .resideInAPackage("io.flowfi.ledger..")
          .and()
          .haveNameNotMatching("io\\.flowfi\\.ledger\\.EventPayload(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(JsonGenerator.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(JsonParser.class);

  /** It knows every way in which an address of this machine can be written. */
  @ArchTest
  static final ArchRule theLibraryKnowsAddressesOfThisMachine =
      classes()
          .that()
          .haveFullyQualifiedName("io.flowfi.web.edge.Loopback")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(IPAddress.class);

  /** One class says what of that library's many forms is an address here. */
  @ArchTest
  static final ArchRule addressesAreReadInOnePlace =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.flowfi.web.edge.Literals")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(IPAddressString.class);
}
