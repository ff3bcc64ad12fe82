/* Bytes that wait, appended at the end and used from the beginning. */
#ifndef SIFU_BUFFER_H
#define SIFU_BUFFER_H

#include <stdlib.h>
#include <string.h>

struct buffer {
  char *data;
  size_t begin, end, size;
};

static void append(struct buffer *buffer, const void *data, size_t length) {
  if (buffer->begin == buffer->end) buffer->begin = buffer->end = 0;
  if (buffer->end + length > buffer->size) {
    if (buffer->begin) memmove(buffer->data, buffer->data + buffer->begin, buffer->end - buffer->begin);
    buffer->end -= buffer->begin, buffer->begin = 0;
    while (buffer->end + length > buffer->size) buffer->size = buffer->size ? buffer->size * 2 : 2048;
    buffer->data = realloc(buffer->data, buffer->size);
  }
  memcpy(buffer->data + buffer->end, data, length);
  buffer->end += length;
}

#endif
