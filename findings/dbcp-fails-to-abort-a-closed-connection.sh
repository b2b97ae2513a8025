#!/usr/bin/env bash
# Connection.abort() after close() is a NullPointerException in DBCP 2.
#
# Expected: "Calling abort on a closed connection is a no-op" (java.sql.Connection). It is made for another thread, which cannot
#   know whether the first one has just closed the connection: a watchdog or a shutdown that cuts what hangs.
# Happens: DBCP 2, which is also Tomcat's default for a JNDI DataSource under another package name, has dropped its delegate at
#   close() and calls abort() of null: past every catch of SQLException, in the thread of the watchdog, which then watches
#   nothing more. HikariCP and tomcat-jdbc (11.0.29; 11.0.27 threw an SQLException) do nothing, as they should.
# Way out: isClosed() before it does not help, between the two there is the race; catch RuntimeException, too.
# Version: commons-dbcp2 2.14.0, tomcat-jdbc 11.0.29, HikariCP 7.0.2, with H2 2.4.240; JDK 17.
# Source: https://docs.oracle.com/en/java/javase/17/docs/api/java.sql/java/sql/Connection.html; DBCP's
#   org.apache.commons.dbcp2.Jdbc41Bridge.abort
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
{
  echo '<project><modelVersion>4.0.0</modelVersion><groupId>finding</groupId><artifactId>finding</artifactId>'
  echo '<version>1</version><dependencies>'
  printf '%s\n' org.apache.commons:commons-dbcp2:2.14.0 org.apache.tomcat:tomcat-jdbc:11.0.29 com.zaxxer:HikariCP:7.0.2 \
    com.h2database:h2:2.4.240 \
    | sed -E 's|(.*):(.*):(.*)|<dependency><groupId>\1</groupId><artifactId>\2</artifactId><version>\3</version></dependency>|'
  echo '</dependencies></project>'
} > pom.xml
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:build-classpath -Dmdep.outputFile=class-path >&2
cat > Abort.java <<'JAVA'
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;

public class Abort {
  public static void main(String[] arguments) throws Exception {
    HikariDataSource hikari = new HikariDataSource();
    hikari.setJdbcUrl("jdbc:h2:mem:");
    BasicDataSource dbcp = new BasicDataSource();
    dbcp.setUrl("jdbc:h2:mem:");
    org.apache.tomcat.jdbc.pool.DataSource tomcat = new org.apache.tomcat.jdbc.pool.DataSource();
    tomcat.setDriverClassName("org.h2.Driver");
    tomcat.setUrl("jdbc:h2:mem:");
    Map<String, DataSource> pools = new LinkedHashMap<>();
    pools.put("HikariCP", hikari);
    pools.put("DBCP", dbcp);
    pools.put("tomcat-jdbc", tomcat);
    for (Map.Entry<String, DataSource> pool : pools.entrySet()) {
      Connection connection = pool.getValue().getConnection();
      connection.close();
      try {
        connection.abort(Runnable::run);
        System.out.println(pool.getKey() + ": nothing");
      } catch (Exception e) {
        System.out.println(pool.getKey() + ": " + e.getClass().getName());
      }
    }
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
JAVA
java -cp "$(cat class-path)" Abort.java 2>/dev/null | tee seen
diff seen - <<'SEEN'
HikariCP: nothing
DBCP: java.lang.NullPointerException
tomcat-jdbc: nothing
SEEN
echo "as described"
