package io.flowfi.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.time.Clock;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * Gives a JVM a time of day that a file sets, by other instructions in the classes that ask for it:
 * those of the application, its libraries and the container, and the dates and clocks of the JVM.
 * {@link System#nanoTime}, waits, and the times of files stay as they are, as on a machine whose
 * time of day is set.
 */
public final class ClockAgent implements ClassFileTransformer {
  private static final int POLL_MILLIS = 50;
  private static final String SHIFTED = ShiftedTime.class.getName().replace('.', '/');
  private static final String CLOCK = "java/time/Clock";
  private static final byte[] ASKED = "currentTimeMillis".getBytes(StandardCharsets.US_ASCII);

  private ClockAgent() {}

  /**
   * The JVM calls it before its program.
   *
   * @param file with the milliseconds that the time of day is ahead by
   */
  public static void premain(String file, Instrumentation jvm) throws Exception {
    ClockAgent agent = new ClockAgent();
    jvm.addTransformer(agent, true);
    jvm.retransformClasses(Clock.class, Date.class, Calendar.class, GregorianCalendar.class);
    for (Class<?> inner : jvm.getAllLoadedClasses()) {
      if (inner.getName().startsWith("java.time.Clock$")) {
        jvm.retransformClasses(inner);
      }
    }
    Path ahead = Path.of(file);
    read(ahead); // before anything of the program has a time
    Thread reader = new Thread(() -> follow(ahead), "clock-agent");
    reader.setDaemon(true);
    reader.start();
  }

  private static void follow(Path file) {
    try {
      // a file says by itself nothing of a change; the latch is never opened
      while (!new CountDownLatch(1).await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        read(file);
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private static void read(Path file) {
    try {
      ShiftedTime.setAhead(Long.parseLong(Files.readString(file).strip()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public byte[] transform(
      ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] bytes) {
    if (name == null || name.equals(SHIFTED) || !asks(name, bytes)) {
      return null; // as it is
    }
    try {
      ClassReader from = new ClassReader(bytes);
      ClassWriter to = new ClassWriter(from, 0);
      from.accept(new Asking(to, name.equals(CLOCK)), 0);
      return to.toByteArray();
    } catch (RuntimeException e) {
      // the JVM would say nothing, and the class would have another time
      e.printStackTrace();
      throw e;
    }
  }

  private static boolean asks(String name, byte[] bytes) {
    return name.equals(CLOCK) || contains(bytes, ASKED);
  }

  private static boolean contains(byte[] bytes, byte[] part) {
    for (int at = 0; at <= bytes.length - part.length; at++) {
      int same = 0;
      while (same < part.length && bytes[at + same] == part[same]) {
        same++;
      }
      if (same == part.length) {
        return true;
      }
    }
    return false;
  }

  /** Sends a class that asks for the time of day to {@link ShiftedTime}. */
  private static final class Asking extends ClassVisitor {
    private final boolean clock;

    /**
     * @param clock whether it is the class whose {@code currentInstant} all clocks ask
     */
    Asking(ClassVisitor to, boolean clock) {
      super(Opcodes.ASM9, to);
      this.clock = clock;
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String signature, String[] exceptions) {
      boolean returnsIt = clock && name.equals("currentInstant");
      return new MethodVisitor(
          Opcodes.ASM9, super.visitMethod(access, name, descriptor, signature, exceptions)) {
        @Override
        public void visitMethodInsn(
            int opcode, String owner, String method, String form, boolean ofInterface) {
          boolean asked = owner.equals("java/lang/System") && method.equals("currentTimeMillis");
          super.visitMethodInsn(opcode, asked ? SHIFTED : owner, method, form, ofInterface);
        }

        @Override
        public void visitInsn(int opcode) {
          if (returnsIt && opcode == Opcodes.ARETURN) {
            super.visitMethodInsn(
                Opcodes.INVOKESTATIC,
                SHIFTED,
                "instant",
                "(Ljava/time/Instant;)Ljava/time/Instant;",
                false);
          }
          super.visitInsn(opcode);
        }
      };
    }
  }
}
