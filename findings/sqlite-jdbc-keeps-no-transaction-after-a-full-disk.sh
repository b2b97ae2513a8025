#!/usr/bin/env bash
# After a full disk each further statement of a transaction is committed at once, though auto-commit is off (SQLite's JDBC driver).
#
# Expected: with setAutoCommit(false) nothing is durable before commit(), and rollback() takes it all back. A statement that
#   fails leaves the transaction open, or all that follow fail too, until there is a rollback.
# Happens: where the disk (here the page limit) is full, and with INSERT OR ROLLBACK, SQLite rolls the transaction back by itself.
#   The driver begins a new one only at setAutoCommit, commit and rollback, and does not look whether there still is one.
#   What was written before is gone, the next INSERT of the same "transaction" can be read by everybody at once, getAutoCommit() still
#   says false, and rollback() fails: "cannot rollback - no transaction is active". Code that goes on after a failed statement,
#   or a pool that hands the connection on, writes halves of transactions.
# Way out: after such an error close the physical connection (softEvictConnections of HikariCP, then close), do not go on.
# Version: sqlite-jdbc 3.54.1.0; JDK 17.
# Source: https://sqlite.org/lang_transaction.html, "Response To Errors Within A Transaction"; Javadoc of
#   java.sql.Connection.setAutoCommit; what the driver does was seen by running it
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
{
  echo '<project><modelVersion>4.0.0</modelVersion><groupId>finding</groupId><artifactId>finding</artifactId>'
  echo '<version>1</version><dependencies>'
  printf '%s\n' org.xerial:sqlite-jdbc:3.54.1.0 org.slf4j:slf4j-nop:2.0.17 \
    | sed -E 's|(.*):(.*):(.*)|<dependency><groupId>\1</groupId><artifactId>\2</artifactId><version>\3</version></dependency>|'
  echo '</dependencies></project>'
} > pom.xml
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:build-classpath -Dmdep.outputFile=class-path >&2
cat > Full.java <<'JAVA'
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

public class Full {
  public static void main(String[] arguments) throws Exception {
    run("full disk", "INSERT INTO payments VALUES (2, zeroblob(1000000))");
    run("or rollback", "INSERT OR ROLLBACK INTO payments VALUES (1, '')");
  }

  private static void run(String title, String failing) throws SQLException {
    String url = "jdbc:sqlite:" + title.replace(' ', '-') + ".db";
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE payments (id INTEGER PRIMARY KEY, note TEXT)");
      statement.execute("PRAGMA max_page_count = 20");
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO payments VALUES (1, 'before the error')");
      try {
        statement.execute(failing);
      } catch (SQLException expected) {
        System.out.println(title + ": the second statement fails");
      }
      statement.execute("INSERT INTO payments VALUES (3, 'after the error')");
      System.out.println("  auto-commit " + connection.getAutoCommit());
      try (Connection other = DriverManager.getConnection(url)) {
        System.out.println("  another connection sees: " + notes(other));
      }
      try {
        connection.rollback();
        System.out.println("  rolled back");
      } catch (SQLException e) {
        System.out.println("  rollback fails");
      }
      System.out.println("  stays: " + notes(connection));
    }
  }

  private static String notes(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT group_concat(note) FROM payments")) {
      return row.next() ? row.getString(1) : null;
    }
  }
}
JAVA
java -cp "$(cat class-path)" Full.java | tee seen
diff seen - <<'SEEN'
full disk: the second statement fails
  auto-commit false
  another connection sees: after the error
  rollback fails
  stays: after the error
or rollback: the second statement fails
  auto-commit false
  another connection sees: after the error
  rollback fails
  stays: after the error
SEEN
echo "as described"
