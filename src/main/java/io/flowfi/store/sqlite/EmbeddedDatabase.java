package io.flowfi.store.sqlite;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.pool.HikariPool;
import io.flowfi.store.Database;
import io.flowfi.store.Dialect;
import io.flowfi.store.Drivers;
import io.flowfi.store.Pools;
import io.flowfi.store.ReadUse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.util.OSInfo;

/**
 * The embedded SQLite database of a data directory: WAL with full synchronous commits, so committed
 * data survives a power cut.
 *
 * <p>A lock file guards the directory: SQLite mapped by two class loaders of one process (a
 * redeploy, two contexts) lets both write at once and overwrite each other's rows, and its own
 * checks do not notice.
 */
final class EmbeddedDatabase implements Database {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
  static final String DATABASE_FILE = "flowfi.db";
  static final int BUSY_MILLIS = 5000;
  private static final long LOOK_MILLIS = 500;

  /** The index pages that every batch touches stay in memory. */
  private static final int WRITER_CACHE_KIB = 65_536;

  private static final int READER_CACHE_KIB = 4096;

  /** The size that the write-ahead log's file keeps when it starts again, in bytes. */
  private static final int KEPT_OF_WAL = 32 << 20;

  private final Dialect dialect = new SqliteDialect();
  private final FileChannel lockFile;
  private final HikariDataSource writer;
  private final Map<ReadUse, HikariDataSource> readers = new EnumMap<>(ReadUse.class);

  /**
   * Opens or creates the database.
   *
   * @throws IllegalStateException if another process or deployment uses the directory, or it or the
   *     database cannot be used; the message is a line for the operator
   * @throws UncheckedIOException likewise
   */
  EmbeddedDatabase(Path directory) {
    if (directory.toString().indexOf('?') >= 0) {
      throw new IllegalStateException(
          "FLOWFI_DATA_DIR "
              + directory
              + " must not contain '?': the database's address ends there");
    }
    try {
      Files.createDirectories(directory);
      lockFile = lock(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "FLOWFI_DATA_DIR " + directory + " cannot be used: " + UnusableStore.reason(e), e);
    }
    HikariDataSource opened = null;
    try {
      askForThePlatform();
      NativeLibrary.load(ownTemporaryDirectory(directory), systemTemporaryDirectory());
      String url = "jdbc:sqlite:" + directory.resolve(DATABASE_FILE);
      opened = writer(url);
      for (ReadUse use : ReadUse.values()) {
        readers.put(use, reader(use, url));
      }
    } catch (Throwable e) {
      // errors too: a native library that cannot be loaded is one
      readers.values().forEach(Pools::close);
      if (opened != null) {
        Pools.close(opened);
      }
      unlock();
      if (e instanceof HikariPool.PoolInitializationException) {
        throw UnusableStore.because(directory, e);
      }
      throw e;
    }
    writer = opened;
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve("flowfi.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException sameProcess) {
      lock = null;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    if (lock == null) {
      channel.close();
      throw new IllegalStateException(
          "FLOWFI_DATA_DIR "
              + directory
              + " is in use by another FlowFi server; stop it or choose another directory");
    }
    return channel;
  }

  // The driver unpacks its native library at each start, and cannot remove it if the process is
  // killed.
  private static Path ownTemporaryDirectory(Path directory) {
    Path own = directory.resolve("tmp");
    try {
      Files.createDirectories(own);
      try (Stream<Path> leftovers = Files.list(own)) {
        for (Path leftover :
            leftovers.filter(p -> p.getFileName().toString().startsWith("sqlite-")).toList()) {
          Files.deleteIfExists(leftover);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "FLOWFI_DATA_DIR " + directory + " cannot be used: " + UnusableStore.reason(e), e);
    }
    return own;
  }

  private static Path systemTemporaryDirectory() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  /**
   * Makes the driver run its program ("uname") now. On JDK 17 the thread that waits for programs
   * lives for another minute, or longer if others run programs, with the context class loader of
   * the first caller: ours would stay in memory that long.
   */
  private static void askForThePlatform() {
    Thread here = Thread.currentThread();
    ClassLoader ours = here.getContextClassLoader();
    here.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      OSInfo.getNativeLibFolderPathForCurrentOS();
    } finally {
      here.setContextClassLoader(ours);
    }
  }

  private static HikariDataSource writer(String url) {
    SQLiteConfig sqlite = sqlite(SQLiteConfig.TransactionMode.IMMEDIATE, WRITER_CACHE_KIB);
    // a checkpoint every 4000 pages instead of 1000 cuts the tail of commit times
    sqlite.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, "4000");
    sqlite.setJournalSizeLimit(KEPT_OF_WAL);
    return new HikariDataSource(pool("writer", url, sqlite, 1));
  }

  private static HikariDataSource reader(ReadUse use, String url) {
    SQLiteConfig sqlite = sqlite(SQLiteConfig.TransactionMode.DEFERRED, READER_CACHE_KIB);
    String name = use.name().toLowerCase(Locale.ROOT);
    HikariConfig pool = pool(name, url, sqlite, use.connections());
    pool.setConnectionInitSql("PRAGMA query_only = ON");
    return new HikariDataSource(pool);
  }

  private static SQLiteConfig sqlite(SQLiteConfig.TransactionMode mode, int cacheKib) {
    SQLiteConfig sqlite = new SQLiteConfig();
    sqlite.setJournalMode(SQLiteConfig.JournalMode.WAL);
    sqlite.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    sqlite.setTransactionMode(mode);
    sqlite.enforceForeignKeys(true);
    sqlite.setBusyTimeout(BUSY_MILLIS);
    sqlite.setCacheSize(-cacheKib);
    return sqlite;
  }

  private static HikariConfig pool(String name, String url, SQLiteConfig sqlite, int size) {
    SQLiteDataSource source = new SQLiteDataSource(sqlite);
    source.setUrl(url);
    return Pools.config(name, source, size, BUSY_MILLIS);
  }

  @Override
  public HikariDataSource writer() {
    return writer;
  }

  @Override
  public HikariDataSource readers(ReadUse use) {
    return readers.get(use);
  }

  @Override
  public Dialect dialect() {
    return dialect;
  }

  /**
   * Closes the database and unlocks the directory. If the writer is still inside, as on a disk that
   * hangs, the lock stays until the writer returns: another server could otherwise write at the
   * same time.
   */
  @Override
  public void close() {
    readers.values().forEach(Pools::close);
    if (writerIsInside()) {
      LOG.error(
          "a write to the database has not come back; its directory stays locked until it does,"
              + " or this process ends");
      Thread rest = new Thread(this::closeBehindTheWriter, "ledger-close");
      rest.setDaemon(true);
      rest.start();
      return;
    }
    closeWriter();
  }

  private boolean writerIsInside() {
    HikariPoolMXBean pool = writer.getHikariPoolMXBean();
    return pool != null && pool.getActiveConnections() > 0;
  }

  private void closeBehindTheWriter() {
    try {
      while (writerIsInside()) {
        Thread.sleep(LOOK_MILLIS);
      }
      closeWriter();
      LOG.info("the write has come back; the directory of the database is free");
    } catch (InterruptedException e) {
      LOG.warn("the directory of the database stays locked until this process ends");
    }
  }

  private void closeWriter() {
    Pools.close(writer);
    unlock();
    Drivers.deregister(JDBC.class);
  }

  private void unlock() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException("releasing the data directory failed", e);
    }
  }
}
