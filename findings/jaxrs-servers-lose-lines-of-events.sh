#!/usr/bin/env bash
# A CXF server sends only the first line of an event's data, and a RESTEasy server leaves the empty lines out.
#
# Expected: newEvent("...") takes any text. The line ends in it are sent as several `data:` lines, an empty one, too, and a
#   client gets the same text (HTML standard, 9.2.5 and 9.2.6; Jakarta REST 3.1, chapter 9, says nothing else). Jersey does.
# Happens: CXF writes the text as it is behind one `data: `. The second line is a field of an unknown name for the client, and is
#   dropped; at an empty line the event ends, and what follows is read as another one. Indented JSON arrives as "{".
#   RESTEasy writes a `data:` for each line that has anything in it, so that paragraphs run together.
# Way out: JSON on one line; no pretty-printing JSON provider for streams.
# Version: cxf-rt-rs-sse 4.1.5, resteasy-core 7.0.1.Final, jersey-media-sse 3.1.12, Tomcat 10.1.59, JDK 17.
# Source: org.apache.cxf.jaxrs.sse.OutboundSseEventBodyWriter.writeTo;
#   https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
cat > Lines.java <<'JAVA'
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Application;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Set;
import java.util.logging.LogManager;
import org.apache.catalina.startup.Tomcat;

public class Lines {
  @Path("/")
  public static class Events {
    @GET
    @Produces("text/event-stream")
    public void events(@Context SseEventSink sink, @Context Sse sse) throws Exception {
      sink.send(sse.newEventBuilder().name("note").data("first\nsecond\n\nfourth").build());
      sink.close();
    }
  }

  public static class Notes extends Application {
    @Override
    public Set<Class<?>> getClasses() {
      return Set.of(Events.class);
    }
  }

  public static void main(String[] arguments) throws Exception {
    LogManager.getLogManager().reset();
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir("base");
    tomcat.setPort(0);
    var context = tomcat.addContext("", null);
    var servlet = tomcat.addServlet("", "notes", arguments[0]);
    servlet.addInitParameter("jakarta.ws.rs.Application", Notes.class.getName());
    servlet.addInitParameter("resteasy.servlet.mapping.prefix", "/notes");
    servlet.setAsyncSupported(true);
    context.addServletMappingDecoded("/notes/*", "notes");
    tomcat.start();
    URI uri = URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/notes/");
    HttpRequest request = HttpRequest.newBuilder(uri).header("Accept", "text/event-stream").build();
    System.out.print(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body().strip());
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
JAVA
# run <servlet> <group:artifact:version>...: prints what the server sends
run() {
  local servlet=$1
  shift
  {
    echo '<project><modelVersion>4.0.0</modelVersion><groupId>finding</groupId><artifactId>finding</artifactId>'
    echo '<version>1</version><dependencies>'
    printf '%s\n' org.apache.tomcat.embed:tomcat-embed-core:10.1.59 "$@" \
      | sed -E 's|(.*):(.*):(.*)|<dependency><groupId>\1</groupId><artifactId>\2</artifactId><version>\3</version></dependency>|'
    echo '</dependencies></project>'
  } > pom.xml
  mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:build-classpath -Dmdep.outputFile=class-path >&2
  rm -rf classes
  javac -nowarn -d classes -cp "$(cat class-path)" Lines.java 2>/dev/null
  timeout 120 java -cp "classes:$(cat class-path)" Lines "$servlet" 2>/dev/null
}
jersey=$(run org.glassfish.jersey.servlet.ServletContainer org.glassfish.jersey.containers:jersey-container-servlet:3.1.12 \
  org.glassfish.jersey.inject:jersey-hk2:3.1.12 org.glassfish.jersey.media:jersey-media-sse:3.1.12)
resteasy=$(run org.jboss.resteasy.plugins.server.servlet.HttpServlet30Dispatcher \
  org.jboss.resteasy:resteasy-servlet-initializer:7.0.1.Final org.jboss.resteasy:resteasy-core:7.0.1.Final)
cxf=$(run org.apache.cxf.jaxrs.servlet.CXFNonSpringJaxrsServlet org.apache.cxf:cxf-rt-rs-sse:4.1.5 \
  org.apache.cxf:cxf-rt-frontend-jaxrs:4.1.5)
printf 'Jersey:\n%s\n\nRESTEasy:\n%s\n\nCXF:\n%s\n\n' "$jersey" "$resteasy" "$cxf"
[ "$jersey" = $'event: note\ndata: first\ndata: second\ndata: \ndata: fourth' ] || { echo "Changed: Jersey"; exit 1; }
[ "$resteasy" = $'event: note\ndata: first\ndata: second\ndata: fourth' ] || { echo "Changed: RESTEasy"; exit 1; }
[ "$cxf" = $'event: note\ndata: first\nsecond\n\nfourth' ] || { echo "Changed: CXF"; exit 1; }
echo "As described."
