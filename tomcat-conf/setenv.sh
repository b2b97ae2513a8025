# Sourced by catalina.sh (as CATALINA_BASE/bin/setenv.sh) before it starts the JVM. Written for JDK 17; it uses more
# options on newer ones. Each setting has its reason. CATALINA_OPTS from the environment comes last on the command line,
# so it overrides all of it.

# server.xml takes ${PORT} and ${FLOWFI_BIND} from the environment, not only from system properties.
flowfi_opts="-Dorg.apache.tomcat.util.digester.PROPERTY_SOURCE=org.apache.tomcat.util.digester.EnvironmentPropertySource"

# A server that cannot bind its port ends, and does not stay up without listening.
flowfi_opts="$flowfi_opts -Dorg.apache.catalina.startup.EXIT_ON_INIT_FAILURE=true"

# The port is read before the application starts, which checks everything else; Tomcat alone would say neither what is
# wrong nor what it accepts. Set it in the environment: server.xml would also take a system property, but only if the
# environment has none, and nothing explains a bad one.
case "${PORT:-3001}" in
  *[!0-9]* | ??????*) flowfi_port=0 ;;
  *) flowfi_port="${PORT:-3001}" ;;
esac
if [ "$flowfi_port" -lt 1 ] || [ "$flowfi_port" -gt 65535 ]; then
  echo "FlowFi Events does not start: PORT must be a whole number between 1 and 65535" >&2
  exit 1
fi
unset flowfi_port

# Heap. 10,000 detached streams take about 25 MB, the ring of recent frames and the database cache have fixed limits,
# and the rest is for requests. A fixed upper bound, because the JVM's default (a quarter of the machine) would make the
# same server behave differently on every machine: room for 10,000 streams in async mode, at 100 KB each. The lower
# bound is touched at the start, and young objects have a limited part of it. So the process does not grow when clients
# come, until their data no longer fits.
flowfi_heap_max="${FLOWFI_HEAP_MAX:-1536m}"
case "$flowfi_heap_max" in
  *[mM]) [ "${flowfi_heap_max%?}" -ge 192 ] && flowfi_heap_min=192m || flowfi_heap_min="$flowfi_heap_max" ;;
  *) flowfi_heap_min=192m ;;
esac
flowfi_opts="$flowfi_opts -Xms${FLOWFI_HEAP_MIN:-$flowfi_heap_min} -Xmx$flowfi_heap_max"
flowfi_opts="$flowfi_opts -XX:MaxNewSize=${FLOWFI_HEAP_YOUNG:-112m} -XX:+AlwaysPreTouch"

# The compilers take tens of MB from malloc for a moment; glibc would keep them, in an arena for each thread.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"
export MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-131072}"

# G1: on one core, or below 2 GB, the JVM would choose the serial collector, whose full collections stop every stream at
# once. Our objects live either briefly (requests) or long (frames, sinks), which suits G1. The pause goal is well below
# what a person or a trading client notices. ZGC would pause less and take about a fifth more memory and processor for
# it; on a machine with cores to spare: FLOWFI_GC="-XX:+UseZGC".
flowfi_opts="$flowfi_opts ${FLOWFI_GC:--XX:+UseG1GC -XX:MaxGCPauseMillis=50}"

# A new server spends its first minute compiling: Tomcat, Jersey and the database driver have many warm methods and few
# hot ones. On few cores the JVM uses one thread for it, which shares the cores with all request threads; three threads
# need a third of the time. From eight cores on the JVM's own choice is at least as many.
flowfi_cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
if [ "$flowfi_cores" -lt 8 ]; then
  flowfi_opts="$flowfi_opts -XX:CICompilerCount=4"
fi

# Request threads, for server.xml. None of them ever waits for a commit or for a client's socket, so more than a few a
# core only compete for the same cores, also with the compiler, the log's writer and the pumps.
export FLOWFI_HTTP_THREADS="${FLOWFI_HTTP_THREADS:-$((flowfi_cores * 8))}"

# A node that ran out of memory is in an unknown state. Ending it is safe: acknowledged commands are on disk, and
# clients resume.
flowfi_opts="$flowfi_opts -XX:+ExitOnOutOfMemoryError"

# Writing from heap buffers makes the JDK keep a direct buffer per thread, as large as the largest block that the thread
# ever wrote. Above this limit it is freed again.
flowfi_opts="$flowfi_opts -Djdk.nio.maxCachedBufferSize=262144"

# Text is UTF-8, whatever the machine's locale (the default only since JDK 18).
flowfi_opts="$flowfi_opts -Dfile.encoding=UTF-8"

# Tomcat's own lines have the form of ours. The application checks the value.
case "${LOG_FORMAT:-text}" in
  json) flowfi_opts="$flowfi_opts -Dflowfi.log.formatter=org.apache.juli.JsonFormatter" ;;
  *) flowfi_opts="$flowfi_opts -Dflowfi.log.formatter=org.apache.juli.OneLineFormatter" ;;
esac

# A server has no display, and no class should look for one.
flowfi_opts="$flowfi_opts -Djava.awt.headless=true"

flowfi_java="${JRE_HOME:-$JAVA_HOME}"
flowfi_java="${flowfi_java:+$flowfi_java/bin/}java"
flowfi_version=$("$flowfi_java" -version 2>&1 | sed -n 's/^[^"]*version "\([0-9]*\).*/\1/p')
if [ "${flowfi_version:-0}" -ge 24 ]; then
  # Objects with 8 bytes of header instead of 12: a tenth to a fifth less heap for our many small objects.
  # In 24 it is still marked experimental.
  flowfi_opts="$flowfi_opts -XX:+UnlockExperimentalVMOptions -XX:+UseCompactObjectHeaders"
  # The embedded database is native code; without this the JVM warns about it, and a later one will refuse.
  flowfi_opts="$flowfi_opts --enable-native-access=ALL-UNNAMED"
fi

CATALINA_OPTS="$flowfi_opts $CATALINA_OPTS"
unset flowfi_opts flowfi_java flowfi_version flowfi_cores flowfi_heap_min flowfi_heap_max

# Other users must not read the event log and the database.
UMASK="${UMASK:-0077}"
