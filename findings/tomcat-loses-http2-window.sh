#!/usr/bin/env bash
# Tomcat loses a part of an HTTP/2 connection's window when it is given back in two steps that follow close on each other.
#
# Expected: a server may send as many bytes as its client has granted by WINDOW_UPDATE (RFC 9113, section 5.2). A client
#   that gives back each byte it has read, in whatever steps, goes on being sent.
# Happens: a stream that waits for the connection's window is granted a part of what it asks for by the first step, and the
#   rest by the second. If the thread that writes has not taken the part by then, it is overwritten by the rest, and
#   nobody may ever send those bytes. The window shrinks with each such pair, until too little is left for clients to
#   give anything back (most wait until half of it has been read), and all streams of the connection stand still.
#   Many streams that share a window of 64 KB, and give it back as each of them is read, come to it by themselves.
# Way out: write no more at once than the connection has window for, or let the client have a much larger window.
# Version: Tomcat 10.1.59, JDK 17.
# Source: org.apache.coyote.http2.Http2UpgradeHandler.releaseBackLog, "Can clear the whole backlog": it sets
#   connectionAllocationMade where allocate() adds to it;
#   https://github.com/apache/tomcat/blob/10.1.59/java/org/apache/coyote/http2/Http2UpgradeHandler.java
#
# Ends with 0 if it is as described.
set -euo pipefail
version=10.1.59
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
  -Dartifact="org.apache.tomcat.embed:tomcat-embed-core:$version" -DoutputDirectory="$here/lib"
mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
  -Dartifact="org.apache.tomcat:tomcat-annotations-api:$version" -DoutputDirectory="$here/lib"
cat > LostWindow.java <<'JAVA'
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;

public class LostWindow {
  /** What every connection begins with, and a little more: no whole number of Tomcat's buffers. */
  static final int WINDOW = 65_535 + 4_097;

  static final int ROUNDS = 200;

  public static void main(String[] args) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir("base");
    Connector connector = new Connector();
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    connector.addUpgradeProtocol(new Http2Protocol());
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", null);
    Tomcat.addServlet(
            context,
            "endless",
            new HttpServlet() {
              @Override
              protected void doGet(HttpServletRequest request, HttpServletResponse response)
                  throws IOException {
                request.startAsync().setTimeout(0);
                ServletOutputStream body = response.getOutputStream();
                body.setWriteListener(
                    new WriteListener() {
                      @Override
                      public void onWritePossible() throws IOException {
                        while (body.isReady()) {
                          body.write(new byte[8192]);
                        }
                      }

                      @Override
                      public void onError(Throwable failure) {
                        // the client has gone at the end
                      }
                    });
              }
            })
        .setAsyncSupported(true);
    context.addServletMappingDecoded("/", "endless");
    tomcat.start();
    long granted = WINDOW;
    long received = 0;
    int rounds = 0;
    try (Socket socket = new Socket("127.0.0.1", connector.getLocalPort())) {
      socket.setSoTimeout(100);
      socket.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream frames = new DataOutputStream(bytes);
      frames.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      head(frames, 6, 4, 0, 0);
      frames.writeShort(4); // each stream may be sent as much as the connection allows
      frames.writeInt(1 << 30);
      update(frames, 4_097);
      byte[] host = "localhost".getBytes(StandardCharsets.US_ASCII);
      head(frames, 5 + host.length, 1, 5, 1);
      frames.write(new byte[] {(byte) 0x82, (byte) 0x86, (byte) 0x84, 0x41, (byte) host.length});
      frames.write(host); // GET http://localhost/
      out.write(bytes.toByteArray());
      for (; rounds < ROUNDS; rounds++) {
        int now = untilQuiet(in);
        received += now;
        if (granted - received > WINDOW / 2) {
          break;
        }
        bytes.reset();
        update(frames, Math.min(1000, now / 2));
        update(frames, now - Math.min(1000, now / 2));
        out.write(bytes.toByteArray()); // both at once
        granted += now;
      }
      received += untilQuiet(in);
    }
    System.out.printf(
        "granted %,d bytes in %d rounds, was sent %,d: of a window of %,d bytes %,d are lost%n",
        granted, rounds, received, WINDOW, granted - received);
    System.exit(granted - received > WINDOW / 2 ? 0 : 1);
  }

  /** The bytes of DATA frames until nothing has come for a while. */
  static int untilQuiet(DataInputStream in) throws IOException {
    int data = 0;
    while (true) {
      int first;
      try {
        first = in.read();
      } catch (SocketTimeoutException quiet) {
        return data;
      }
      int length = first << 16 | in.readUnsignedShort();
      int type = in.read();
      in.skipNBytes(5L + length);
      data += type == 0 ? length : 0;
    }
  }

  static void update(DataOutputStream frames, int bytes) throws IOException {
    head(frames, 4, 8, 0, 0);
    frames.writeInt(bytes);
  }

  static void head(DataOutputStream frames, int length, int type, int flags, int stream)
      throws IOException {
    frames.write(length >> 16);
    frames.writeShort(length);
    frames.write(type);
    frames.write(flags);
    frames.writeInt(stream);
  }
}
JAVA
javac -XDsuppressNotes -cp "lib/*" LostWindow.java
java -Djava.util.logging.config.file=/dev/null -cp "lib/*:." LostWindow
