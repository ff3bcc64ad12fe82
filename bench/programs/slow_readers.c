/* Readers that are slower than what is sent to them: blocking sockets, one thread.

     slow_readers stall PORT REQUEST CONNECTIONS SECONDS          ask, read nothing, say "ready"
     slow_readers stall-websocket PORT REQUEST CONNECTIONS SECONDS    open, ask for ten messages of
                                                                  1 MB, read nothing, say "ready"
     slow_readers paced PORT REQUEST CONNECTIONS SECONDS RATE     download 10 MB again and again, RATE
                                                                  bytes a second in all

   `paced` prints one line of JSON at the end. */
#define _GNU_SOURCE
#include <errno.h>

#include "client.h"

enum { READ = 1 << 20, BODY = 10 * 1024 * 1024, TICKS_PER_SECOND = 1000 };

struct download {
  int fd;
  uint64_t left; /* 0: the head has not come yet */
};

static void transmit(int fd, const char *data, size_t length) {
  if (send(fd, data, length, MSG_NOSIGNAL) != (ssize_t)length) die("a connection broke");
}

static void order_messages(int fd) {
  char text[2048], frame[64];
  size_t length = 0;
  while (!memmem(text, length, "\r\n\r\n", 4)) {
    ssize_t got = recv(fd, text + length, sizeof text - length, 0);
    if (got <= 0) die("a handshake was not answered");
    length += (size_t)got;
  }
  if (memcmp(text + 9, "101", 3)) die("a handshake was refused");
  static const char order[] = "P 10 1048576";
  transmit(fd, frame, masked_frame(frame, TEXT, order, sizeof order - 1));
}

static void stall(int port, const char *request, size_t length, int connections, int is_websocket) {
  for (int i = 0; i < connections; i++) {
    int fd = connect_to(port);
    transmit(fd, request, length);
    if (is_websocket) order_messages(fd);
  }
}

/* Reads at most `budget` bytes of one download; asks again when it is whole. */
static uint64_t read_some(struct download *d, const char *request, size_t length, uint64_t budget) {
  static char data[READ];
  const ssize_t got = recv(d->fd, data, budget < READ ? budget : READ, MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN) return 0;
  if (got <= 0) die("a connection broke");
  uint64_t body = (uint64_t)got;
  if (!d->left) {
    const char *last = memmem(data, (size_t)got, "\r\n\r\n", 4);
    if (!last || memcmp(data + 9, "200", 3)) die("a download was refused");
    body -= (uint64_t)(last + 4 - data), d->left = BODY;
  }
  d->left -= body;
  if (!d->left) transmit(d->fd, request, length);
  return (uint64_t)got;
}

static void pace(int port, const char *request, size_t length, int connections, double seconds,
                 double rate) {
  struct download *all = calloc((size_t)connections, sizeof *all);
  for (int i = 0; i < connections; i++)
    all[i].fd = connect_to(port), transmit(all[i].fd, request, length);
  uint64_t total = 0;
  const double began = now();
  for (double time = began; time < began + seconds; time = now()) {
    const double due = (time - began) * rate - (double)total;
    for (int i = 0; i < connections && due > 0; i++)
      total += read_some(&all[i], request, length, 512 + (uint64_t)due / (uint64_t)connections);
    usleep(1000000 / TICKS_PER_SECOND);
  }
  printf("{\"bytes\": %llu, \"seconds\": %.6f}\n", (unsigned long long)total, now() - began);
}

int main(int count, char **arguments) {
  if (count < 6) die("see the first comment of slow_readers.c");
  size_t length;
  const char *kind = arguments[1], *request = read_request(arguments[3], &length);
  const int port = atoi(arguments[2]), connections = atoi(arguments[4]);
  const double seconds = atof(arguments[5]);
  take_all_descriptors();
  if (!strcmp(kind, "paced")) {
    pace(port, request, length, connections, seconds, count > 6 ? atof(arguments[6]) : 1e8);
    return 0;
  }
  stall(port, request, length, connections, !strcmp(kind, "stall-websocket"));
  puts("ready"), fflush(stdout);
  sleep((unsigned)seconds);
  return 0;
}
