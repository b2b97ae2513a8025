// The cost of the kernel alone: the minimum for a process that takes POSTs and writes each of them to every open event
// stream. One epoll loop, no storage, no filters, no JSON, no ids. Everything that FlowFi needs beyond this is our cost.
//
//   kernel <port>
//
// GET  anything -> 200 text/event-stream, kept open
// POST anything -> 202; its body becomes "data: <body>\n\n". All bodies of one round of the loop are written together,
//                  one write a stream. A full stream continues when it is writable; one that falls behind by the
//                  whole log is moved to its end, which would be a lost event anywhere else.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOG (16u << 20)
#define REQUEST 8192

typedef struct conn {
  int fd, streaming, waiting, got, index;
  uint64_t cursor;
  char *request;
} conn;

static char *events;       // the log: a ring of the latest bytes
static uint64_t head;      // bytes ever appended
static conn **streams;
static int stream_count, stream_room;
static int ep;

static const char HEAD[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n: hi\n\n";
static const char ACCEPTED[] = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

static void append(const char *bytes, size_t n) {
  size_t at = head % LOG, first = n < LOG - at ? n : LOG - at;
  memcpy(events + at, bytes, first);
  memcpy(events, bytes + first, n - first);
  head += n;
}

static void end(conn *c) {
  if (c->streaming) {
    conn *last = streams[--stream_count];
    streams[c->index] = last;
    last->index = c->index;
  }
  close(c->fd);
  free(c->request);
  free(c);
}

static void interest(conn *c, uint32_t what) {
  struct epoll_event e = {.events = what, .data.ptr = c};
  epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
}

static void push(conn *c) {
  while (c->cursor < head) {
    if (head - c->cursor > LOG) c->cursor = head;
    size_t at = c->cursor % LOG, n = head - c->cursor;
    if (n > LOG - at) n = LOG - at;
    if (!n) break;
    ssize_t w = write(c->fd, events + at, n);
    if (w > 0) c->cursor += w;
    if (w < (ssize_t)n) {  // full, or broken; the read side shows the latter
      if (!c->waiting) { c->waiting = 1; interest(c, EPOLLIN | EPOLLOUT); }
      return;
    }
  }
  if (c->waiting) { c->waiting = 0; interest(c, EPOLLIN); }
}

static void subscribe(conn *c) {
  if (write(c->fd, HEAD, sizeof HEAD - 1) < 0) return;
  free(c->request);
  c->request = NULL;
  c->streaming = 1;
  c->cursor = head;
  if (stream_count == stream_room) streams = realloc(streams, sizeof *streams * (stream_room = stream_room ? stream_room * 2 : 1024));
  c->index = stream_count;
  streams[stream_count++] = c;
}

// Answers every complete request. Returns 0 if the connection has ended.
static int request(conn *c) {
  ssize_t r = read(c->fd, c->request + c->got, REQUEST - 1 - c->got);
  if (r == 0 || (r < 0 && errno != EAGAIN)) return 0;
  if (r < 0) return 1;
  c->got += r;
  c->request[c->got] = 0;
  for (;;) {
    char *body = strstr(c->request, "\r\n\r\n");
    if (!body) return c->got < REQUEST - 1;
    body += 4;
    if (!strncmp(c->request, "GET", 3)) { subscribe(c); return 1; }
    char *l = strcasestr(c->request, "content-length:");
    int length = l && l < body ? atoi(l + 15) : 0;
    if (length < 0 || body - c->request + length >= REQUEST) return 0;
    int whole = body - c->request + length;
    if (c->got < whole) return 1;
    append("data: ", 6);
    append(body, length);
    append("\n\n", 2);
    if (write(c->fd, ACCEPTED, sizeof ACCEPTED - 1) < 0) return 0;
    memmove(c->request, c->request + whole, c->got - whole + 1);
    c->got -= whole;
  }
}

int main(int argc, char **argv) {
  if (argc != 2) { fprintf(stderr, "usage: kernel <port>\n"); return 2; }
  struct rlimit rl;
  getrlimit(RLIMIT_NOFILE, &rl);
  rl.rlim_cur = rl.rlim_max;
  setrlimit(RLIMIT_NOFILE, &rl);
  signal(SIGPIPE, SIG_IGN);
  events = malloc(LOG);
  int one = 1, lfd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(lfd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(lfd, (void *)&a, sizeof a) || listen(lfd, 4096)) { perror("listen"); return 1; }
  ep = epoll_create1(0);
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL}, evs[512];
  epoll_ctl(ep, EPOLL_CTL_ADD, lfd, &e);
  char sink[4096];
  for (;;) {
    uint64_t before = head;
    int n = epoll_wait(ep, evs, 512, -1);
    for (int i = 0; i < n; i++) {
      conn *c = evs[i].data.ptr;
      if (!c) {
        int fd;
        while ((fd = accept4(lfd, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
          setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
          conn *f = calloc(1, sizeof *f);
          f->fd = fd;
          f->request = malloc(REQUEST);
          struct epoll_event x = {.events = EPOLLIN, .data.ptr = f};
          epoll_ctl(ep, EPOLL_CTL_ADD, fd, &x);
        }
      } else if (!c->streaming) {
        if (!request(c)) end(c);
      } else if (evs[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        ssize_t r = read(c->fd, sink, sizeof sink);
        if (r == 0 || (r < 0 && errno != EAGAIN)) end(c);
      } else {
        push(c);
      }
    }
    if (head != before)
      for (int i = 0; i < stream_count; i++)
        if (!streams[i]->waiting) push(streams[i]);
  }
}
