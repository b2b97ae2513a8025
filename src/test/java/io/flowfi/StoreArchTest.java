package io.flowfi;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.sql.ResultSet;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/** How the store speaks SQL. */
@AnalyzeClasses(packages = "io.flowfi", importOptions = ImportOption.DoNotIncludeTests.class)
class StoreArchTest {
  private static final Set<String> STATEMENTS =
      Set.of(
          "createQuery",
          "createUpdate",
          "createBatch",
          "createScript",
          "execute",
          "prepareBatch",
          "select");

  /** So a value cannot come to another question mark than its own, nor into the text. */
  @ArchTest
  static final ArchRule textAndValuesArePutTogetherInOnePlace =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.flowfi.store.Sql")
          .should()
          .callMethodWhere(
              DescribedPredicate.describe(
                  "gives Jdbi a statement or one of its values",
                  call ->
                      isOf(call, Handle.class) && STATEMENTS.contains(call.getName())
                          || isOf(call, SqlStatement.class)
                              && (call.getName().startsWith("bind")
                                  || call.getName().startsWith("define"))));

  /**
   * A column that is added in the middle would move the others. The writer and what is sent to
   * subscribers need no look-up for each value: {@code EventRow}, {@code StreamRow} and {@code
   * StoredKeyRows} know the places of their names. What is exported has whatever columns its table
   * has.
   */
  @ArchTest
  static final ArchRule rowsAreReadByNameOffTheHotPath =
      noClasses()
          .that()
          .haveNameNotMatching(
              "io\\.flowfi\\.store\\.(EventRow|StreamRow|StoredKeyRows|LedgerConnection|LogExport)(\\$.*)?")
          .should()
          .callMethodWhere(
              DescribedPredicate.describe(
                  "reads a column by its place",
                  call ->
                      isOf(call, ResultSet.class)
                          && call.getName().startsWith("get")
                          && !call.getTarget().getRawParameterTypes().isEmpty()
                          && call.getTarget()
                              .getRawParameterTypes()
                              .get(0)
                              .isEquivalentTo(int.class)));

  private static boolean isOf(JavaCall<?> call, Class<?> type) {
    return call.getTargetOwner().isAssignableTo(type);
  }
}
