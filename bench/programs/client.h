/* What the two load generators share: a connection, a clock, the request that they were given. */
#ifndef SIFU_CLIENT_H
#define SIFU_CLIENT_H

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "websocket.h"

static inline double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void die(const char *reason) {
  fprintf(stderr, "%s\n", reason);
  exit(1);
}

static void take_all_descriptors(void) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

/* A connection to a loopback port; loopback connects at once, so waiting for it costs nothing. */
static int connect_to(int port) {
  struct sockaddr_in address = {AF_INET, htons((uint16_t)port), {htonl(INADDR_LOOPBACK)}, {0}};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address)) die("cannot connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  return fd;
}

/* The whole head of the request, which holds a credential and so does not come as an argument. */
static char *read_request(const char *path, size_t *length) {
  static char text[16384];
  FILE *file = fopen(path, "rb");
  if (!file) die("the request's file cannot be read");
  *length = fread(text, 1, sizeof text, file);
  fclose(file);
  return text;
}

/* Writes a masked frame, as a browser must; returns its size. */
static size_t masked_frame(char *frame, int opcode, const char *payload, size_t length) {
  static const uint8_t mask[4] = {0x12, 0x34, 0x56, 0x78};
  size_t at = frame_head((uint8_t *)frame, opcode, length);
  frame[1] = (char)(frame[1] | 0x80);
  memcpy(frame + at, mask, 4);
  for (size_t i = 0; i < length; i++) frame[at + 4 + i] = (char)(payload[i] ^ mask[i & 3]);
  return at + 4 + length;
}

#endif
