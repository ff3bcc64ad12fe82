/* The head of a websocket frame (RFC 6455, 5.2), which upstream and load write alike. */
#ifndef SIFU_WEBSOCKET_H
#define SIFU_WEBSOCKET_H

#include <stddef.h>
#include <stdint.h>

enum opcode { TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };

/* Writes the head of a last, unmasked frame; returns its size, at most 10. */
static size_t frame_head(uint8_t *head, int opcode, uint64_t length) {
  head[0] = (uint8_t)(0x80 | opcode);
  if (length < 126) return head[1] = (uint8_t)length, 2;
  int bytes = length < 65536 ? 2 : 8;
  head[1] = bytes == 2 ? 126 : 127;
  for (int i = 0; i < bytes; i++) head[2 + i] = (uint8_t)(length >> 8 * (bytes - 1 - i));
  return 2 + (size_t)bytes;
}

#endif
