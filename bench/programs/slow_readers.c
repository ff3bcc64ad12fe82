/* Readers that never read what is sent to them, or only so much a second: one thread.

     slow_readers stall PORT REQUEST CONNECTIONS SECONDS          ask, read nothing, say "ready"
     slow_readers stall-websocket PORT REQUEST CONNECTIONS SECONDS    open, ask for ten messages of
                                                                  1 MB, read nothing, say "ready"
     slow_readers steady PORT REQUEST CONNECTIONS SECONDS RATE    each asks for 10 MB again and again,
                                                                  and reads RATE bytes a second, as
                                                                  over a line that is no faster */
#define _GNU_SOURCE
#include <errno.h>

#include "client.h"

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

enum { ANSWER = 10 * 1024 * 1024, TICK_MICROSECONDS = 5000, WINDOW = 128 * 1024 };

struct reader {
  int fd;
  long head_left, left; /* of the answer; `head_left` is 1 until its head has ended */
  double allowed;
};

/* Reads what is there, as far as it is allowed to; returns how much that was. */
static long read_some(struct reader *reader, const char *request, size_t length) {
  static char data[WINDOW];
  long all = 0;
  while (reader->allowed >= 1) {
    size_t most = reader->allowed < sizeof data ? (size_t)reader->allowed : sizeof data;
    ssize_t got = recv(reader->fd, data, most, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (got <= 0) die("a connection broke");
    reader->allowed -= (double)got, all += got;
    if (reader->head_left) {
      const char *end = memmem(data, (size_t)got, "\r\n\r\n", 4);
      if (!end || memcmp(data + 9, "200", 3)) die("an answer was not the upstream's");
      reader->head_left = 0, reader->left = ANSWER - (got - (end + 4 - data));
    } else {
      reader->left -= got;
    }
    if (!reader->left) {
      transmit(reader->fd, request, length);
      reader->head_left = 1;
    }
  }
  return all;
}

static void read_steadily(int port, const char *request, size_t length, int connections,
                          double seconds, double rate) {
  struct reader *readers = calloc((size_t)connections, sizeof *readers);
  for (int i = 0; i < connections; i++) {
    readers[i] = (struct reader){connect_to(port), 1, 0, 0};
    setsockopt(readers[i].fd, SOL_SOCKET, SO_RCVBUF, &(int){WINDOW}, sizeof(int));
    transmit(readers[i].fd, request, length);
  }
  puts("ready"), fflush(stdout);
  const double began = now();
  double before = began, bytes = 0;
  while (before - began < seconds) {
    usleep(TICK_MICROSECONDS);
    const double after = now();
    for (int i = 0; i < connections; i++) {
      readers[i].allowed += rate * (after - before);
      if (readers[i].allowed > rate / 10) readers[i].allowed = rate / 10; /* none catches up */
      bytes += (double)read_some(&readers[i], request, length);
    }
    before = after;
  }
  printf("{\"bytes\": %.0f, \"seconds\": %.6f}\n", bytes, before - began);
}

int main(int count, char **arguments) {
  if (count < 6) die("see the first comment of slow_readers.c");
  size_t length;
  const char *kind = arguments[1], *request = read_request(arguments[3], &length);
  const int port = atoi(arguments[2]), connections = atoi(arguments[4]);
  const double seconds = atof(arguments[5]);
  take_all_descriptors();
  if (!strcmp(kind, "steady")) {
    if (count < 7) die("see the first comment of slow_readers.c");
    read_steadily(port, request, length, connections, seconds, atof(arguments[6]));
    return 0;
  }
  stall(port, request, length, connections, !strcmp(kind, "stall-websocket"));
  puts("ready"), fflush(stdout);
  sleep((unsigned)seconds);
  return 0;
}
