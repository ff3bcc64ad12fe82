/* Websockets by the hundred: one thread, epoll.

     websocket_load ping PORT REQUEST CONNECTIONS SECONDS SIZE    echo, as fast as it comes back
     websocket_load push PORT REQUEST CONNECTIONS SECONDS SIZE    the upstream sends, we count
     websocket_load open PORT REQUEST CONNECTIONS SECONDS SIZE    open, one echo, close, again
     websocket_load hold PORT REQUEST CONNECTIONS SECONDS SIZE    open, one echo each, then stay

   REQUEST is a file with the head of the handshake. Says "ready" when all connections are open, and
   counts from there on for so many seconds; then prints one line of JSON. Every connection that is
   refused or breaks counts as an error. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>

#include "client.h"

enum { READ = 1 << 20, EVENTS = 512, AT_ONCE = 64, BATCH = 8, SAMPLES = 4 << 20, MOST_ERRORS = 100, PATIENCE = 30 };
enum kind { PINGING, PUSHING, OPENING, HOLDING };

struct connection {
  int fd, is_open;
  double since;             /* when what is waited for was sent, or the connection was begun */
  char head[1024];          /* of the answer to the handshake, as far as it has come */
  size_t head_length;
  uint8_t frame[14];        /* the head of the frame that is being read, as far as it has come */
  size_t frame_length;
  uint64_t left, arrived;   /* bytes of this frame still to come; messages so far */
};

static enum kind kind;
static int port, poller;
static const char *request;
static size_t request_length, message_length, order_length, goodbye_length;
static char *message, order[64], goodbye[16];
static double *samples;
static uint64_t done, errors, opened, answered, sampled;

static void transmit(struct connection *c, const char *data, size_t length) {
  /* What is sent is small or is answered before more is sent, so the socket always has room. */
  if (send(c->fd, data, length, MSG_NOSIGNAL) != (ssize_t)length) errors++;
}

static void begin(struct connection *c) {
  c->fd = connect_to(port);
  c->is_open = 0, c->head_length = c->frame_length = 0, c->left = c->arrived = 0;
  c->since = now();
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event event = {EPOLLIN, {.ptr = c}};
  epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event);
  transmit(c, request, request_length);
}

static void restart(struct connection *c, int is_error) {
  errors += (uint64_t)is_error;
  if (errors > MOST_ERRORS) die("connections are refused or break");
  close(c->fd);
  if (kind != HOLDING) begin(c);
}

static void ask(struct connection *c) {
  if (kind != OPENING) c->since = now();
  if (kind == PUSHING) transmit(c, order, order_length);
  else transmit(c, message, message_length);
}

static void sample(const struct connection *c) {
  if (sampled < SAMPLES) samples[sampled++] = now() - c->since;
}

/* A whole message has come. */
static void receive_message(struct connection *c) {
  c->arrived++;
  if (kind == PUSHING) {
    done++;
    if (c->arrived % BATCH == 0) ask(c);
    return;
  }
  sample(c);
  answered++;
  if (kind == PINGING) done++, ask(c);
  if (kind == OPENING) transmit(c, goodbye, goodbye_length);
}

/* Reads the answer to the handshake; returns how many bytes it used, -1 if it is a refusal. */
static ssize_t read_head(struct connection *c, const char *data, size_t length) {
  const size_t before = c->head_length;
  if (length > sizeof c->head - before) length = sizeof c->head - before;
  memcpy(c->head + before, data, length);
  c->head_length += length;
  const char *last = memmem(c->head, c->head_length, "\r\n\r\n", 4);
  if (!last) return c->head_length == sizeof c->head ? -1 : (ssize_t)length;
  if (memcmp(c->head + 9, "101", 3)) return -1;
  c->is_open = 1, opened++;
  ask(c);
  if (kind == PUSHING) ask(c); /* one batch is always under way while the next is asked for */
  return last + 4 - c->head - (ssize_t)before;
}

/* How long the head of a server's frame is, as far as its first two bytes say. */
static size_t wanted(const struct connection *c) {
  if (c->frame_length < 2) return 2;
  const int size = c->frame[1] & 127;
  return size == 126 ? 4 : size == 127 ? 10 : 2;
}

/* Reads frames; returns 0 if the connection is over. */
static int read_frames(struct connection *c, const char *data, size_t length) {
  while (length) {
    if (!c->left) {
      c->frame[c->frame_length++] = (uint8_t)*data++, length--;
      if (c->frame_length < wanted(c)) continue;
      c->left = c->frame[1] & 127;
      if (c->frame_length > 2) c->left = 0;
      for (size_t i = 2; i < c->frame_length; i++) c->left = c->left << 8 | c->frame[i];
      if ((c->frame[0] & 15) == CLOSE) return 0;
    }
    const uint64_t taken = length < c->left ? length : c->left;
    data += taken, length -= taken, c->left -= taken;
    if (c->left) return 1;
    c->frame_length = 0;
    if (c->frame[0] & 0x80 && (c->frame[0] & 15) <= BINARY) receive_message(c);
  }
  return 1;
}

static void receive(struct connection *c) {
  static char data[READ];
  ssize_t used = 0, got = recv(c->fd, data, sizeof data, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) {
    restart(c, 1);
  } else if (!c->is_open && (used = read_head(c, data, (size_t)got)) < 0) {
    restart(c, 1);
  } else if (c->is_open && !read_frames(c, data + used, (size_t)(got - used))) {
    const int is_expected = kind == OPENING && c->arrived == 1;
    done += (uint64_t)is_expected;
    restart(c, !is_expected);
  }
}

static int by_size(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static double percentile(double share) {
  return sampled ? samples[(size_t)((double)(sampled - 1) * share)] * 1e6 : 0;
}

static void prepare(size_t size) {
  char *payload = malloc(size + 1);
  for (size_t i = 0; i < size; i++) payload[i] = (char)('a' + i % 26);
  message = malloc(size + 16);
  message_length = masked_frame(message, BINARY, payload, size);
  char text[48];
  snprintf(text, sizeof text, "P %d %zu", BATCH, size);
  order_length = masked_frame(order, TEXT, text, strlen(text));
  goodbye_length = masked_frame(goodbye, CLOSE, "\x03\xe8", 2);
  samples = malloc(SAMPLES * sizeof *samples);
}

int main(int count, char **arguments) {
  if (count != 7) die("see the first comment of websocket_load.c");
  const char *names[] = {"ping", "push", "open", "hold"};
  while (strcmp(names[kind], arguments[1])) if (++kind > HOLDING) die("no such kind of load");
  port = atoi(arguments[2]);
  request = read_request(arguments[3], &request_length);
  const uint64_t connections = strtoull(arguments[4], NULL, 10);
  const double seconds = atof(arguments[5]);
  prepare(strtoull(arguments[6], NULL, 10));
  take_all_descriptors();
  poller = epoll_create1(EPOLL_CLOEXEC);
  struct connection *all = calloc(connections, sizeof *all);
  static struct epoll_event events[EVENTS];
  uint64_t begun = 0;
  double began = now();
  for (int is_ready = 0; now() < began + (is_ready ? seconds : PATIENCE);) {
    const uint64_t settled = kind == HOLDING || kind == PINGING ? answered : opened;
    if (!is_ready && (kind == OPENING || settled >= connections)) {
      is_ready = puts("ready") != EOF && !fflush(stdout);
      done = sampled = 0, began = now();
    }
    while (begun < connections && begun < settled + AT_ONCE) begin(&all[begun++]);
    const int ready = epoll_wait(poller, events, EVENTS, 20);
    for (int i = 0; i < ready; i++) receive(events[i].data.ptr);
  }
  const double took = now() - began;
  qsort(samples, sampled, sizeof *samples, by_size);
  printf("{\"done\": %llu, \"opened\": %llu, \"errors\": %llu, \"seconds\": %.6f, \"p50\": %.1f, "
         "\"p99\": %.1f}\n",
         (unsigned long long)done, (unsigned long long)opened, (unsigned long long)errors, took,
         percentile(0.5), percentile(0.99));
  return 0;
}
