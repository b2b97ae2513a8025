#!/usr/bin/env bash
# Two applications in one JVM, or an application and its redeployed self, both get SQLite's write lock, and a commit is lost without an error.
#
# Expected: one writer at a time: while a connection is in BEGIN IMMEDIATE, every other one gets SQLITE_BUSY, whoever opened it.
# Happens: each class loader that has the driver, so each WAR with the jar in WEB-INF/lib, loads a copy of SQLite of its own.
#   SQLite's locks on Linux are POSIX record locks, which count for the process and are told apart inside it by a list that each copy
#   has for itself. Both transactions begin, both read the same balance, both commits succeed, and the deposit of one is gone;
#   integrity_check says ok. With journal_mode=DELETE the two then even read different balances.
# Way out: a lock beside the database that holds across class loaders (FileChannel.tryLock throws there); or the jar in the
#   container's common class path, once.
# Version: sqlite-jdbc 3.54.1.0; JDK 17, Linux.
# Source: https://sqlite.org/howtocorrupt.html, "Multiple copies of SQLite linked into the same application"; Javadoc of
#   java.nio.channels.OverlappingFileLockException
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
cat > Two.java <<'JAVA'
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

public class Two {
  /** What a container does for each application. */
  private static ClassLoader application(String classPath) throws Exception {
    List<URL> jars = new ArrayList<>();
    for (String jar : classPath.split(File.pathSeparator)) {
      jars.add(new File(jar).toURI().toURL());
    }
    return new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  private static Connection open(ClassLoader application, String file) throws Exception {
    Driver driver = (Driver) application.loadClass("org.sqlite.JDBC").getDeclaredConstructor().newInstance();
    return driver.connect(
        "jdbc:sqlite:" + file + "?transaction_mode=IMMEDIATE&journal_mode=WAL&busy_timeout=200", new Properties());
  }

  private static long ask(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? row.getLong(1) : -1;
    }
  }

  private static void run(Connection connection, String command) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(command);
    }
  }

  private static void deposits(String title, ClassLoader one, ClassLoader other) throws Exception {
    String file = title.replace(' ', '-') + ".db";
    try (Connection first = open(one, file);
        Connection second = open(other, file)) {
      run(first, "CREATE TABLE account (balance INTEGER)");
      run(first, "INSERT INTO account VALUES (0)");
      first.setAutoCommit(false); // BEGIN IMMEDIATE
      long seenByFirst = ask(first, "SELECT balance FROM account");
      String result;
      try {
        second.setAutoCommit(false);
        run(second, "UPDATE account SET balance = " + (ask(second, "SELECT balance FROM account") + 100));
        second.commit();
        result = "100 deposited, committed";
      } catch (SQLException busy) {
        result = "100 refused, database is locked";
      }
      run(first, "UPDATE account SET balance = " + (seenByFirst + 1));
      first.commit();
      first.setAutoCommit(true);
      System.out.println(
          title + ": " + result + "; 1 deposited, committed; balance " + ask(first, "SELECT balance FROM account"));
    }
  }

  public static void main(String[] classPath) throws Exception {
    ClassLoader application = application(classPath[0]);
    deposits("one class loader", application, application);
    deposits("two class loaders", application, application(classPath[0]));
  }
}
JAVA
java Two.java "$(cat class-path)" | tee seen
diff seen - <<'SEEN'
one class loader: 100 refused, database is locked; 1 deposited, committed; balance 1
two class loaders: 100 deposited, committed; 1 deposited, committed; balance 1
SEEN
echo "as described"
