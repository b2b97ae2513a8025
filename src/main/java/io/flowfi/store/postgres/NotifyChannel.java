package io.flowfi.store.postgres;

import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.relay.Channel;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Positions over {@code LISTEN} and {@code NOTIFY} of PostgreSQL, for nodes without Redis. Two
 * connections a node, beside the pools. A notification is sent after the commit and on its own: in
 * the transaction of the commands it would make all commits of the server wait for each other.
 */
public final class NotifyChannel implements Channel {
  /** Enough for a message without events, and for no event. */
  private static final int LONGEST = 128;

  private static final int SOCKET_SECONDS = 5;

  /** Only how long an end of the connection may go unnoticed: a notification comes at once. */
  private static final int WAIT_MILLIS = 10_000;

  private final DataSource source;
  private final String name;

  public NotifyChannel(PostgresSettings settings, LogIdentity log) {
    this.source = PostgresDatabase.source(settings, SOCKET_SECONDS);
    this.name = "flowfi_log_" + log;
  }

  @Override
  public String name() {
    return "notify";
  }

  @Override
  public int longestMessage() {
    return LONGEST;
  }

  @Override
  public Sending openSending() {
    return new Notifying(connect());
  }

  @Override
  public Receiving openReceiving() {
    return new Listening(connect());
  }

  private Connection connect() {
    try {
      return source.getConnection();
    } catch (SQLException e) {
      throw new LogUnavailableException("there is no connection for notifications", e);
    }
  }

  private static void cut(Connection connection) {
    // a pool of the container gets its place back by close() only
    try (connection) {
      // first, because close() waits for the statement under way
      connection.abort(Runnable::run);
    } catch (SQLException | RuntimeException e) {
      // it has ended already, which Tomcat's pool answers with a NullPointerException
    }
  }

  private final class Notifying implements Sending {
    private final Connection connection;

    Notifying(Connection connection) {
      this.connection = connection;
    }

    @Override
    public void send(List<byte[]> messages) {
      Base64.Encoder base64 = Base64.getEncoder();
      try (PreparedStatement notify =
          connection.prepareStatement("SELECT pg_notify(?, message) FROM unnest(?) message")) {
        Array texts =
            connection.createArrayOf(
                "text", messages.stream().map(base64::encodeToString).toArray());
        notify.setString(1, name);
        notify.setArray(2, texts);
        notify.execute();
      } catch (SQLException e) {
        throw new LogUnavailableException("a notification was not sent", e);
      }
    }

    @Override
    public void close() {
      cut(connection);
    }
  }

  private final class Listening implements Receiving {
    private final Connection connection;

    Listening(Connection connection) {
      this.connection = connection;
    }

    @Override
    public void receive(Runnable subscribed, Consumer<byte[]> message) {
      try (Statement listen = connection.createStatement()) {
        // first: it fails with a driver that is the container's
        PGConnection notified = connection.unwrap(PGConnection.class);
        listen.execute("LISTEN " + name); // letters, digits and _ only
        subscribed.run();
        while (!connection.isClosed()) {
          PGNotification[] notifications = notified.getNotifications(WAIT_MILLIS);
          if (notifications != null) {
            for (PGNotification notification : notifications) {
              message.accept(bytes(notification.getParameter()));
            }
          }
        }
      } catch (SQLException e) {
        throw new LogUnavailableException("notifications have ended", e);
      }
    }

    /** Anybody who may connect to the database may notify, so it may be any text. */
    private static byte[] bytes(String text) {
      try {
        return Base64.getDecoder().decode(text);
      } catch (IllegalArgumentException e) {
        return new byte[0];
      }
    }

    @Override
    public void close() {
      cut(connection);
    }
  }
}
