/* The head of a request: its fields, and whether the connection stays open after it. */
#ifndef SIFU_HEAD_H
#define SIFU_HEAD_H

#include <string.h>
#include <strings.h>

/* The value of a header field of this head, trimmed on the left; NULL if it is not there. */
static const char *field(const char *head, const char *end, const char *name, int *length) {
  size_t size = strlen(name);
  for (const char *line = head; line < end;) {
    const char *next = memmem(line, (size_t)(end - line), "\r\n", 2);
    if (!next) return NULL;
    if ((size_t)(next - line) > size && line[size] == ':' && !strncasecmp(line, name, size)) {
      for (line += size + 1; *line == ' '; line++) {}
      *length = (int)(next - line);
      return line;
    }
    line = next + 2;
  }
  return NULL;
}

/* HTTP/1.1 keeps a connection open unless told otherwise, HTTP/1.0 only if told so. */
static int is_kept_alive(const char *head, const char *end) {
  int length;
  const char *connection = field(head, end, "Connection", &length);
  const char *line_end = memmem(head, (size_t)(end - head), "\r\n", 2);
  if (line_end - head > 3 && !memcmp(line_end - 3, "1.0", 3))
    return connection && length >= 10 && !strncasecmp(connection, "keep-alive", 10);
  return !connection || length < 5 || strncasecmp(connection, "close", 5) != 0;
}

#endif
