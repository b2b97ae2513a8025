package io.flowfi;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.flowfi.log.EventFilter;
import java.util.Set;

/**
 * A filter is built once and carried whole. {@code FiltersApiTest} meets the same object at both
 * ends of its way; this keeps what is between from making another one, or a part of one.
 */
@AnalyzeClasses(packages = "io.flowfi", importOptions = ImportOption.DoNotIncludeTests.class)
class FilterArchTest {
  private static final Set<String> PARTS = Set.of("all", "streams", "users", "types");

  /** From a query or a body, from what is kept, and the part that its caller may see. */
  @ArchTest
  static final ArchRule filtersAreMadeWhereTheyAreReadOnly =
      noClasses()
          .that()
          .doNotBelongToAnyOf(EventFilter.class)
          .and()
          .haveNameNotMatching(
              "io\\.flowfi\\.(web\\.events\\.WrittenFilter|log\\.FilterText|web\\.access\\.Access"
                  + "|web\\.admin\\.NoticesResource)(\\$.*)?")
          .should()
          .callConstructorWhere(
              DescribedPredicate.describe(
                  "makes a filter",
                  call -> call.getTargetOwner().isEquivalentTo(EventFilter.class)));

  /** On its way from the request to the index, nothing looks into it. */
  @ArchTest
  static final ArchRule filtersAreCarriedWhole =
      noClasses()
          .that()
          .resideInAnyPackage("io.flowfi.web.events", "io.flowfi.sse", "io.flowfi.output")
          .or()
          .haveNameMatching(
              "io\\.flowfi\\.fanout\\.(FanOut|Connection|ConnectionHandle|Subscription)(\\$.*)?")
          .should()
          .callMethodWhere(
              DescribedPredicate.describe(
                  "takes a part of a filter",
                  call ->
                      call.getTargetOwner().isEquivalentTo(EventFilter.class)
                          && PARTS.contains(call.getName())));
}
