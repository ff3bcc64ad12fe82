/* What stands for Jupyter while proxies are measured: HTTP/1.1 and websockets, one thread, epoll.

   Promises: it is several times faster than any proxy before it, so that it is not what is
   measured. It looks at the end of the path only:
     …/1k       1,024 bytes under nine header fields as Jupyter sends them; Date changes each
                second and Etag with the path, so that no proxy can remember whole heads
     …/10m      10 MB           …/upload   reads a body, answers how many bytes it had
     …/ws       a websocket: binary messages are echoed; the text "P n size" asks for n messages
   Must not: be reached from anywhere but loopback; it checks nothing.

   upstream SOCKET_PATH   listens there and on a loopback port of the kernel's choice; prints it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "buffer.h"
#include "head.h"
#include "sha1.h"
#include "websocket.h"

enum { BIG = 10 * 1024 * 1024, SMALL = 1024, READ = 256 * 1024, EVENTS = 512 };
enum mode { HEAD, BODY, CHUNK_SIZE, CHUNK_DATA, CHUNK_END, TRAILER, WEBSOCKET };

struct connection {
  int fd;
  enum mode mode;
  int is_listener, waits_to_write, closes;
  struct buffer in, out;
  uint64_t body_left, body_seen; /* of the request that is being read */
  uint64_t bulk_left;            /* of `bulk`, still to be sent after `out` */
  uint64_t pushes_left, push_size;
};

static char *bulk;
static int poller;
static char small[2048];
static size_t small_length, etag_at;

static void say(struct connection *c, const char *text) { append(&c->out, text, strlen(text)); }

static void watch(struct connection *c, int operation) {
  struct epoll_event event = {EPOLLIN | (c->waits_to_write ? EPOLLOUT : 0u), {.ptr = c}};
  epoll_ctl(poller, operation, c->fd, &event);
}

static void end(struct connection *c) {
  close(c->fd);
  free(c->in.data), free(c->out.data), free(c);
}

/* The head of the small answer is written anew once a second, as its Date is. */
static void refresh_small(void) {
  static time_t written;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec == written) return;
  written = now.tv_sec;
  char date[64];
  strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&written));
  int length = snprintf(small, sizeof small,
                        "HTTP/1.1 200 OK\r\nServer: TornadoServer/6.5.2\r\n"
                        "Content-Type: application/json\r\nDate: %s\r\n"
                        "X-Content-Type-Options: nosniff\r\n"
                        "Content-Security-Policy: frame-ancestors 'self'; report-uri "
                        "/user/everyone/shared/api/security/csp-report; default-src 'none'\r\n"
                        "Last-Modified: Sat, 21 Nov 2026 07:00:00 GMT\r\nVary: Accept-Encoding\r\n"
                        "Etag: \"0123456789abcdef0123456789abcdef01234567\"\r\n"
                        "Content-Length: %d\r\n\r\n%.*s",
                        date, SMALL, SMALL, bulk);
  small_length = (size_t)length;
  etag_at = (size_t)(strstr(small, "Etag: \"") + 7 - small);
}

static void answer_small(struct connection *c, const char *path, size_t length) {
  refresh_small();
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < length; i++) hash = (hash ^ (uint8_t)path[i]) * 16777619u;
  for (int i = 0; i < 8; i++) small[etag_at + i] = "0123456789abcdef"[hash >> 4 * i & 15];
  if (c->closes) {
    say(c, "HTTP/1.1 200 OK\r\nConnection: close\r\n");
    append(&c->out, small + 17, small_length - 17);
  } else {
    append(&c->out, small, small_length);
  }
}

static void answer_upload(struct connection *c) {
  char text[32], head[160];
  int length = snprintf(text, sizeof text, "%llu", (unsigned long long)c->body_seen);
  snprintf(head, sizeof head,
           "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s", length, text);
  say(c, head);
  c->mode = HEAD;
}

static void begin_body(struct connection *c, const char *head, const char *end) {
  int length;
  const char *declared = field(head, end, "Content-Length", &length);
  c->body_seen = 0;
  c->body_left = declared ? strtoull(declared, NULL, 10) : 0;
  if (c->body_left) c->mode = BODY;
  else if (field(head, end, "Transfer-Encoding", &length)) c->mode = CHUNK_SIZE;
  else answer_upload(c);
}

static void begin_websocket(struct connection *c, const char *head, const char *end) {
  int length;
  const char *key = field(head, end, "Sec-WebSocket-Key", &length);
  char accept[29];
  if (!key) {
    say(c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  accept_of(key, length, accept);
  say(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: ");
  say(c, accept);
  say(c, "\r\n\r\n");
  c->mode = WEBSOCKET;
}

static void answer(struct connection *c, const char *head, const char *end) {
  const char *path = (const char *)memchr(head, ' ', (size_t)(end - head)) + 1;
  const size_t size = strcspn(path, " ?\r");
  c->closes = !is_kept_alive(head, end);
  if (size >= 3 && !memcmp(path + size - 3, "/1k", 3)) {
    answer_small(c, path, size);
  } else if (size >= 4 && !memcmp(path + size - 4, "/10m", 4)) {
    say(c, "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
           "Content-Length: 10485760\r\n\r\n");
    c->bulk_left = BIG;
  } else if (size >= 7 && !memcmp(path + size - 7, "/upload", 7)) {
    begin_body(c, head, end);
  } else if (size >= 3 && !memcmp(path + size - 3, "/ws", 3)) {
    begin_websocket(c, head, end);
  } else {
    say(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  }
}

/* Reads one whole frame from a client; returns its size, or 0 if more bytes are needed. */
static size_t take_frame(struct connection *c, char *data, size_t length) {
  uint8_t *frame = (uint8_t *)data, reply[10];
  size_t at = 2;
  if (length < 6) return 0;
  uint64_t size = frame[1] & 127;
  int bytes = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (length < at + (size_t)bytes + 4) return 0;
  if (bytes) size = 0;
  for (int i = 0; i < bytes; i++) size = size << 8 | frame[at++];
  const int is_masked = frame[1] & 0x80, opcode = frame[0] & 15;
  uint8_t *mask = frame + at, *payload = mask + (is_masked ? 4 : 0);
  if ((uint64_t)(frame + length - payload) < size) return 0;
  for (uint64_t i = 0; is_masked && i < size; i++) payload[i] ^= mask[i & 3];
  unsigned long long count, each;
  char order[64] = {0};
  memcpy(order, payload, size < 63 ? size : 63);
  if (opcode == TEXT && sscanf(order, "P %llu %llu", &count, &each) == 2) {
    c->pushes_left += count, c->push_size = each;
  } else {
    append(&c->out, reply, frame_head(reply, opcode == PING ? PONG : opcode, size));
    append(&c->out, payload, size);
    c->closes |= opcode == CLOSE;
  }
  return (size_t)(payload + size - frame);
}

static size_t take_line(char *data, size_t length) {
  char *line_end = memmem(data, length, "\r\n", 2);
  return line_end ? (size_t)(line_end + 2 - data) : 0;
}

static size_t take_body(struct connection *c, size_t length) {
  size_t taken = length < c->body_left ? length : c->body_left;
  c->body_left -= taken, c->body_seen += taken;
  if (!c->body_left && c->mode == BODY) answer_upload(c);
  else if (!c->body_left) c->mode = CHUNK_END;
  return taken;
}

/* Understands what it can of the bytes that came; returns how many it used, 0 if it needs more. */
static size_t take(struct connection *c, char *data, size_t length) {
  size_t used = 0;
  if (c->mode == HEAD) {
    char *last = memmem(data, length, "\r\n\r\n", 4);
    if (last) answer(c, data, last + 2), used = (size_t)(last + 4 - data);
  } else if (c->mode == BODY || c->mode == CHUNK_DATA) {
    used = take_body(c, length);
  } else if (c->mode == WEBSOCKET) {
    used = take_frame(c, data, length);
  } else if ((used = take_line(data, length))) {
    if (c->mode == CHUNK_END) c->mode = CHUNK_SIZE;
    else if (c->mode == TRAILER && used == 2) answer_upload(c);
    else if (c->mode == CHUNK_SIZE)
      c->body_left = strtoull(data, NULL, 16), c->mode = c->body_left ? CHUNK_DATA : TRAILER;
  }
  return used;
}

static int receive(struct connection *c) {
  static char fresh[READ];
  ssize_t got = recv(c->fd, fresh, sizeof fresh, 0);
  if (got <= 0) return got < 0 && errno == EAGAIN;
  char *data = fresh;
  size_t length = (size_t)got, used;
  const int is_kept = c->in.begin < c->in.end;
  if (is_kept) {
    append(&c->in, fresh, length);
    data = c->in.data + c->in.begin, length = c->in.end - c->in.begin;
  }
  for (; length && (used = take(c, data, length)); data += used, length -= used) {}
  if (is_kept) c->in.begin = c->in.end - length;
  else if (length) append(&c->in, data, length);
  return 1;
}

/* Sends what there is; returns 0 when the connection is over. */
static int transmit(struct connection *c) {
  for (;;) {
    const int has_text = c->out.begin < c->out.end;
    if (!has_text && !c->bulk_left) {
      if (!c->pushes_left) break;
      uint8_t head[10];
      c->pushes_left--, c->bulk_left = c->push_size;
      append(&c->out, head, frame_head(head, BINARY, c->push_size));
      continue;
    }
    char *data = has_text ? c->out.data + c->out.begin : bulk;
    size_t length = has_text ? c->out.end - c->out.begin : c->bulk_left;
    if (length > BIG) length = BIG;
    const int more = has_text && c->bulk_left ? MSG_MORE : 0;
    ssize_t sent = send(c->fd, data, length, MSG_NOSIGNAL | more);
    if (sent < 0) {
      if (errno != EAGAIN) return 0;
      if (!c->waits_to_write) c->waits_to_write = 1, watch(c, EPOLL_CTL_MOD);
      return 1;
    }
    if (has_text) c->out.begin += (size_t)sent;
    else c->bulk_left -= (size_t)sent;
  }
  if (c->waits_to_write) c->waits_to_write = 0, watch(c, EPOLL_CTL_MOD);
  return !c->closes;
}

static void listen_on(int family, struct sockaddr *address, socklen_t length) {
  struct connection *c = calloc(1, sizeof *c);
  c->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), c->is_listener = 1;
  if (bind(c->fd, address, length) || listen(c->fd, 8192)) perror("upstream"), exit(1);
  getsockname(c->fd, address, &length);
  watch(c, EPOLL_CTL_ADD);
}

static void accept_all(int listener) {
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
    struct connection *c = calloc(1, sizeof *c);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)); /* no use on unix sockets */
    c->fd = fd;
    watch(c, EPOLL_CTL_ADD);
  }
}

int main(int count, char **arguments) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  poller = epoll_create1(EPOLL_CLOEXEC);
  bulk = malloc(BIG);
  static const char pattern[] = "{\"cell_type\": \"code\", \"source\": [\"x = 1\"]},\n";
  for (int i = 0; i < BIG; i++) bulk[i] = pattern[(i + i / 997) % (int)(sizeof pattern - 1)];
  struct sockaddr_un path = {.sun_family = AF_UNIX};
  struct sockaddr_in port = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  strncpy(path.sun_path, count > 1 ? arguments[1] : "upstream.sock", sizeof path.sun_path - 1);
  listen_on(AF_UNIX, (struct sockaddr *)&path, sizeof path);
  listen_on(AF_INET, (struct sockaddr *)&port, sizeof port);
  printf("%d\n", ntohs(port.sin_port)), fflush(stdout);
  static struct epoll_event events[EVENTS];
  for (;;) {
    int ready = epoll_wait(poller, events, EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      if (c->is_listener) accept_all(c->fd);
      else if ((events[i].events & ~(uint32_t)EPOLLOUT && !receive(c)) || !transmit(c)) end(c);
    }
  }
}
