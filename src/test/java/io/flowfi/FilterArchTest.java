package io.flowfi;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import io.flowfi.fanout.Announcements;
import io.flowfi.fanout.SubscriptionListener;
import io.flowfi.log.EventFilter;
import jakarta.ws.rs.sse.SseBroadcaster;
import java.util.Set;

/**
 * A filter is built once and carried whole. {@code FiltersApiTest} meets the same object at both
 * ends of its way; this keeps what is between from making another one, or a part of one. The
 * broadcasters on that way are views on the index, and hold the filter only.
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

  /** Who subscribes is in the index. What is kept besides is for the listeners of JAX-RS. */
  @ArchTest
  static final ArchRule broadcastersHoldAFilterAndTheWayToTheIndex =
      fields()
          .that()
          .areDeclaredInClassesThat()
          .haveNameMatching("io\\.flowfi\\.sse\\.(FilterBroadcaster|Broadcasters)(\\$.*)?")
          .should(
              ArchCondition.from(
                  DescribedPredicate.<JavaField>describe(
                      "be a filter, or announcements, or a listener's sink",
                      field ->
                          field.getOwner().isAssignableTo(SubscriptionListener.class)
                              || field.getRawType().isEquivalentTo(EventFilter.class)
                              || field.getRawType().isEquivalentTo(Announcements.class))));

  /** Another way would have to find out by itself who may hear it. */
  @ArchTest
  static final ArchRule whatIsForAFiltersSubscribersIsBroadcast =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.flowfi.fanout")
          .and()
          .doNotHaveFullyQualifiedName("io.flowfi.sse.FilterBroadcaster")
          .should()
          .callMethodWhere(
              DescribedPredicate.describe(
                  "announces",
                  call ->
                      call.getName().equals("announce")
                          && call.getTargetOwner().isAssignableTo(Announcements.class)));

  /** One is made for each request, and forgotten with it. */
  @ArchTest
  static final ArchRule nobodyKeepsABroadcaster =
      fields()
          .that()
          .areDeclaredInClassesThat(
              DescribedPredicate.describe(
                  "are none themselves", type -> !type.isAssignableTo(SseBroadcaster.class)))
          .should(
              ArchCondition.from(
                  DescribedPredicate.<JavaField>describe(
                      "keep no broadcaster",
                      // of an inner class: the one that it belongs to
                      field ->
                          field.getModifiers().contains(JavaModifier.SYNTHETIC)
                              || field.getAllInvolvedRawTypes().stream()
                                  .noneMatch(type -> type.isAssignableTo(SseBroadcaster.class)))));
}
