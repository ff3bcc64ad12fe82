/* Readers that never read what is sent to them: blocking sockets, one thread.

     slow_readers stall PORT REQUEST CONNECTIONS SECONDS          ask, read nothing, say "ready"
     slow_readers stall-websocket PORT REQUEST CONNECTIONS SECONDS    open, ask for ten messages of
                                                                  1 MB, read nothing, say "ready" */
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

int main(int count, char **arguments) {
  if (count < 6) die("see the first comment of slow_readers.c");
  size_t length;
  const char *kind = arguments[1], *request = read_request(arguments[3], &length);
  const int port = atoi(arguments[2]), connections = atoi(arguments[4]);
  const double seconds = atof(arguments[5]);
  take_all_descriptors();
  stall(port, request, length, connections, !strcmp(kind, "stall-websocket"));
  puts("ready"), fflush(stdout);
  sleep((unsigned)seconds);
  return 0;
}
