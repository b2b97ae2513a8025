#!/usr/bin/env bash
# Under Tomcat's log manager one Logger.setFilter() keeps an application's classes in memory after it was undeployed, for ever.
#
# Expected: a logger belongs to its application: Tomcat's manager has loggers for each class loader and holds that loader
#   weakly, and the JDK lets an unused logger go with its filter. What an undeployed application set on its own loggers goes
#   with it.
# Happens: the manager holds the loggers themselves strongly. A filter that the application has written, a lambda is enough, is
#   held by its logger, holds its class, that holds the class loader, and so the weak entry for that loader is never
#   dropped. Tomcat's release of the log at the end of an application takes handlers away, but no filters. Each redeploy
#   leaves all of its classes (tens of megabytes), and no warning: Tomcat's leak detection does not look there.
# Way out: setFilter(null) in contextDestroyed.
# Version: tomcat-juli 11.0.29, JDK 17.
# Source: org.apache.juli.ClassLoaderLogManager, classLoaderLoggers and ClassLoaderLogInfo.loggers; resetLoggers()
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:copy \
  -Dartifact=org.apache.tomcat:tomcat-juli:11.0.29 -DoutputDirectory=lib >&2
cat > Application.java <<'JAVA'
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

public class Application extends Handler implements Runnable {
  private static final Logger LOG = Logger.getLogger("org.example.Part");

  @Override
  public void run() {
    if (System.getProperty("with").equals("a filter")) {
      LOG.setFilter(entry -> !entry.getMessage().isEmpty());
    } else if (System.getProperty("with").equals("a handler")) {
      LOG.addHandler(this);
    }
  }

  @Override
  public void publish(LogRecord entry) {}

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
JAVA
cat > Redeploy.java <<'JAVA'
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.logging.LogManager;
import org.apache.juli.logging.LogFactory;

public class Redeploy {
  public static void main(String[] arguments) throws Exception {
    System.out.println(LogManager.getLogManager().getClass().getSimpleName());
    for (String with : new String[] {"nothing", "a handler", "a filter"}) {
      System.setProperty("with", with);
      WeakReference<ClassLoader> application = run();
      for (int i = 0; i < 30 && application.get() != null; i++) {
        System.gc();
        Thread.sleep(100); // for the collector
      }
      System.out.println("with " + with + ": " + (application.get() == null ? "freed" : "kept"));
    }
  }

  /** As a container does, and its end, too. */
  static WeakReference<ClassLoader> run() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader server = thread.getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {Path.of("application").toUri().toURL()}, server)) {
      thread.setContextClassLoader(loader);
      ((Runnable) loader.loadClass("Application").getConstructor().newInstance()).run();
      LogFactory.release(loader);
      return new WeakReference<>(loader);
    } finally {
      thread.setContextClassLoader(server);
    }
  }
}
JAVA
javac -d application Application.java
javac -cp 'lib/*' -d server Redeploy.java
java -Djava.util.logging.manager=org.apache.juli.ClassLoaderLogManager -cp 'server:lib/*' Redeploy | tee seen
diff seen - <<'SEEN'
ClassLoaderLogManager
with nothing: freed
with a handler: freed
with a filter: kept
SEEN
echo "as described"
